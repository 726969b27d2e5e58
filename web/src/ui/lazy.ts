// Modules that the first screen does not need.

/**
 * Load the chunk of a dynamic import under the integrity that the page names for it.
 *
 * `name` is the chunk's name, that is the imported file's without its ending. Without this step
 * the server's Integrity-Policy blocks the import. Rejects when chunk or network fail.
 */
export function lazy<T>(name: string, load: () => Promise<T>): Promise<T> {
  const links = document.querySelectorAll<HTMLLinkElement>(
    `link[rel="x-lazy"][data-for~="${name}"]`,
  );
  for (const link of links) link.rel = "modulepreload";
  return load();
}
