/** `tests › tour › tour › a title` is in tests/tour/tour.test.ts; ava leaves out of titles the folders that all files of a run have in common. */
export function fileOf(title: string, among: readonly string[]): string | undefined {
  const parts = title.split(' › ');
  for (let length = parts.length - 1; length > 0; length--) {
    const end = `${parts.slice(0, length).join('/')}.test.ts`;
    const found = among.filter((file) => file === end || file.endsWith(`/${end}`));
    if (found.length === 1) return found[0];
  }
  return undefined;
}
