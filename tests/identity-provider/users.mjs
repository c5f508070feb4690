// Who can sign in. A user without claims is disabled: the provider no longer finds the account.

const users = new Map(Object.entries({
  alice: { name: 'Alice Example', email_verified: true, groups: ['staff'], realm_access: { roles: ['user'] } },
  bob: { name: 'Bob Example', email_verified: false, groups: ['staff', 'Domain Users'], realm_access: { roles: ['user'] } },
  admin: { name: 'Admin Example', email_verified: true, groups: ['admins'], realm_access: { roles: ['user', 'dify-admin'] } },
}));

export function names() {
  return [...users.keys()].filter(isActive);
}

export function isActive(name) {
  return Boolean(users.get(name));
}

export function claimsOf(name) {
  return isActive(name) ? { email: `${name}@example.com`, ...users.get(name) } : undefined;
}

export function setUser(name, claims) {
  users.set(name, claims);
}
