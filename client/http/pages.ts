/** Pages of a list, one after the other. */

/**
 * `read`: the page after a cursor, which is undefined for the first. `next`: the cursor of the page after this one; null where it is the
 * last. Stops when the caller leaves the loop.
 *
 *     for await (const { posts } of eachPage((before) => read({ before }))) …
 */
export async function* eachPage<Page extends { readonly next: string | null }>(
  read: (cursor: string | undefined) => Promise<Page>,
): AsyncGenerator<Page, void, undefined> {
  for (let cursor: string | undefined; ;) {
    const page = await read(cursor);
    yield page;
    if (page.next === null) return;
    cursor = page.next;
  }
}
