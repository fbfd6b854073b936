/** Writes the index of messages: one process at a time, for whoever was overtaken by another computed from what is no longer so. */
import type { DocumentWrite, ViewStore } from '../../../ports/views/port.ts';
import { COMMIT_BYTES_MAX, COMMIT_DOCUMENTS_MAX } from '../../../ports/views/port.ts';
import { Fenced } from '../../../projections/progress/checkpoint.ts';
import { BOOKKEEPING } from '../../../projections/progress/names.ts';

const WRITER = `${BOOKKEEPING}search-index`;

/** Throws `Fenced` where another process has written since this one began. */
export type IndexWriter = { commit(writes: readonly DocumentWrite[]): Promise<'committed' | 'write-conflict'> };

/** What it commits is right only for what is read after this. */
export async function openIndexWriter(views: Pick<ViewStore, 'checkpoint' | 'commit'>): Promise<IndexWriter> {
  let from = await views.checkpoint(WRITER);
  return {
    commit: async (writes) => {
      const to = String(Number(from ?? 0) + 1);
      const outcome = await views.commit({ projection: WRITER, from, to, writes });
      if (outcome === 'fenced') throw new Fenced(WRITER);
      if (outcome === 'committed') from = to;
      return outcome;
    },
  };
}

/** As many commits as the writes need. */
export function commitsOf(writes: readonly DocumentWrite[], documentsMax = COMMIT_DOCUMENTS_MAX): readonly (readonly DocumentWrite[])[] {
  const commits: DocumentWrite[][] = [[]];
  let bytes = 0;
  for (const write of writes) {
    const added = write.kind === 'put' ? bytesOf(write.document) : 0;
    const last = commits.at(-1) ?? [];
    if (last.length > 0 && (last.length >= documentsMax - 1 || bytes + added > COMMIT_BYTES_MAX)) {
      commits.push([write]);
      bytes = added;
    } else {
      last.push(write);
      bytes += added;
    }
  }
  return commits;
}

/** At least the length of the JSON: keys and entries are in ASCII. */
function bytesOf(document: object): number {
  let bytes = 2;
  for (const [field, value] of Object.entries(document)) bytes += field.length + 4 + (typeof value === 'string' ? value.length + 2 : 24);
  return bytes;
}
