// A person whom an SDK's own OAuth client sends to the identity provider: the SDK discovers, registers and redeems; here
// is only what a browser and its person do.

const REDIRECT_URI = "http://127.0.0.1/callback";
// More than a sign-in needs.
const MOST_PAGES = 20;

// What the SDKs call OAuthClientProvider.
export class Person {
  authorizations = [];
  #saved = {};

  // With `client_id` it is a client that the provider knows already; without it the SDK registers one.
  constructor({ name, password, client_id }) {
    this.name = name;
    this.password = password;
    if (client_id) {
      this.#saved.client = { client_id };
    }
  }

  get redirectUrl() {
    return REDIRECT_URI;
  }

  get clientMetadata() {
    return {
      client_name: "gateway tests",
      redirect_uris: [REDIRECT_URI],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      application_type: "native",
    };
  }

  clientInformation() {
    return this.#saved.client;
  }

  saveClientInformation(client) {
    this.#saved.client = client;
  }

  tokens() {
    return this.#saved.tokens;
  }

  saveTokens(tokens) {
    this.#saved.tokens = tokens;
  }

  codeVerifier() {
    return this.#saved.verifier;
  }

  saveCodeVerifier(verifier) {
    this.#saved.verifier = verifier;
  }

  async redirectToAuthorization(url) {
    this.authorizations.push(Object.fromEntries(url.searchParams));
    this.callback = await signIn(url, this);
  }
}

// The parameters with which the provider sends the browser back to the client.
async function signIn(start, { name, password }) {
  const cookies = new Map();
  let url = start;
  let form;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      body: form,
      headers: { cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join("; ") },
      redirect: "manual",
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      cookies.set(key, value);
    }
    const location = response.headers.get("location");
    if (location) {
      url = new URL(location, url);
      form = undefined;
      if (`${url.origin}${url.pathname}` === REDIRECT_URI) {
        return url.searchParams;
      }
    } else if (form || !response.ok) {
      throw new Error(`the provider does not sign ${name} in: ${response.status} ${await response.text()}`);
    } else {
      form = new URLSearchParams({ login: name, password });
    }
  }
  throw new Error(`the provider sends ${name} from page to page`);
}
