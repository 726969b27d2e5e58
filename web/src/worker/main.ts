// The worker's entry: keys and cryptography live here and nowhere else.
import sodium from "libsodium-wrappers-sumo";

await sodium.ready;
postMessage({ ready: sodium.SODIUM_VERSION_STRING });
