/** Hands a file to the browser's own way of saving. */

const KEEP = 60_000;

/** Save a file under a name; the address of its bytes is given back to the browser after a minute. */
export function download(bytes: Blob, name: string): void {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, KEEP);
}
