/** Giving a file to the person: the browser's own download, nothing leaves for the network. */

/** Offer a file under a name; the address that holds it is given up at once. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken its copy when the click returns to the event loop.
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 0);
}
