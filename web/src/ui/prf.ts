/**
 * The authenticator of this device as a second way to open a vault (WebAuthn with PRF).
 *
 * No server checks anything here: the authenticator's answer is a key, and a wrong one opens
 * nothing. So challenge and user id carry no weight and are fixed.
 */

const SALT = new TextEncoder().encode("entaku vault prf 1");
const CHALLENGE = new Uint8Array(32);
const ES256 = -7;
const RS256 = -257;

/** Whether this browser might offer it; the authenticator itself answers only when asked. */
export function prfOffered(): boolean {
  return "PublicKeyCredential" in globalThis && "credentials" in navigator;
}

function answerOf(credential: Credential | null): Uint8Array | null {
  if (!(credential instanceof PublicKeyCredential)) return null;
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) return null;
  return ArrayBuffer.isView(first) ? new Uint8Array(first.buffer) : new Uint8Array(first);
}

/** Ask for the secret of a vault's authenticator (32 bytes); null when it is given up or not offered. */
export async function askPrf(): Promise<Uint8Array | null> {
  try {
    const credential = await navigator.credentials.get({
      publicKey: {
        challenge: CHALLENGE,
        userVerification: "required",
        extensions: { prf: { eval: { first: SALT } } },
      },
    });
    return answerOf(credential);
  } catch {
    return null;
  }
}

/** Make a credential for a vault and ask for its secret (32 bytes); null when the device cannot. */
export async function makePrf(vault: string): Promise<Uint8Array | null> {
  try {
    const id = new TextEncoder().encode(vault).slice(0, 64);
    const credential = await navigator.credentials.create({
      publicKey: {
        challenge: CHALLENGE,
        rp: { name: "Entaku" },
        user: { id, name: vault, displayName: vault },
        pubKeyCredParams: [
          { type: "public-key", alg: ES256 },
          { type: "public-key", alg: RS256 },
        ],
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        extensions: { prf: { eval: { first: SALT } } },
      },
    });
    // Some authenticators answer at creation, others only when asked afterwards.
    return answerOf(credential) ?? (await askPrf());
  } catch {
    return null;
  }
}
