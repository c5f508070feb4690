// What the provider remembers. The adapter of the package would forget it whenever the keys are rotated, since that takes a new provider.

const entries = new Map();

export class Store {
  constructor(model) {
    this.model = model;
  }

  #key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    entries.set(this.#key(id), payload);
  }

  // The provider itself checks whether what it finds has expired.
  async find(id) {
    return entries.get(this.#key(id));
  }

  async findByUid(uid) {
    return [...entries.values()].find((payload) => payload.kind === this.model && payload.uid === uid);
  }

  async consume(id) {
    entries.get(this.#key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    entries.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, payload] of entries) {
      if (payload.grantId === grantId) {
        entries.delete(key);
      }
    }
  }
}
