/** What an import reads of the archive that Slack makes of a workspace: lists, a file a day for each conversation, and files where others added them. */
import { buffer } from 'node:stream/consumers';
import { archiveFault, MIB_BYTES, openZip } from '../zip-archive.ts';

/** Of a list, or of a day of one channel, unpacked. */
const FILE_BYTES_MAX = 1_024 * MIB_BYTES;
/** What systems put there that people packed it again on. */
const NOT_OURS = /(^|\/)(__MACOSX\/|\.)/;

export type SlackArchive = AsyncDisposable & {
  has(name: string): boolean;
  /** Its bytes, from the start at each call. */
  read(name: string): AsyncIterable<Uint8Array>;
  /** Whether somebody added files to it; Slack itself writes their addresses only. */
  readonly hasFiles: boolean;
  /** The names of a conversation's files, a day each, in the order of the days. */
  daysOf(folder: string): readonly string[];
  /** The bytes of a file that a message refers to; undefined where the archive has none, and `too-large` where it is longer than `bytesMax`. */
  file(id: string, bytesMax: number): Promise<Uint8Array | 'too-large' | undefined>;
};

const DAY = /^(.+)\/\d{4}-\d{2}-\d{2}\.json$/;
/** `__uploads/F01/name` and `general/attachments/F01-name`, as the programs write them that add files to an archive. */
const UPLOAD = /^__uploads\/([A-Z0-9]+)\/[^/]+$/;
const ADDED = /^[^/]+\/attachments\/([A-Z0-9]+)-[^/]+$/;

/** Throws `CliFailure`: it can't be read, is no archive of Slack, or isn't what it claims. */
export async function openSlackArchive(path: string): Promise<SlackArchive> {
  await using opening = new AsyncDisposableStack();
  const zip = opening.use(await openZip(path, (name) => !name.endsWith('/') && !NOT_OURS.test(name)));
  const root = rootOf(zip.names) ?? archiveFault(path, 'has no users.json: it is no archive of Slack. A workspace’s owner gets one under ‘Export data’.');
  const days = new Map<string, string[]>();
  const files = new Map<string, string>();
  for (const whole of zip.names) {
    if (!whole.startsWith(root)) continue;
    const name = whole.slice(root.length);
    const [, folder] = DAY.exec(name) ?? [];
    const [, id] = UPLOAD.exec(name) ?? ADDED.exec(name) ?? [];
    if (folder !== undefined) addTo(days, folder, name);
    else if (id !== undefined && !files.has(id)) files.set(id, name);
  }
  const read = (name: string): AsyncIterable<Uint8Array> => {
    if ((zip.bytesOf(root + name) ?? 0) > FILE_BYTES_MAX) archiveFault(path, `has a ${name} of more than ${FILE_BYTES_MAX / MIB_BYTES} MiB.`);
    return zip.read(root + name);
  };
  const inUse = opening.move();
  return {
    has: (name) => zip.bytesOf(root + name) !== undefined,
    read,
    hasFiles: files.size > 0,
    daysOf: (folder) => (days.get(folder) ?? []).toSorted(),
    file: async (id, bytesMax) => {
      const name = files.get(id);
      const bytes = name === undefined ? undefined : zip.bytesOf(root + name);
      if (name === undefined || bytes === undefined) return undefined;
      return bytes > bytesMax ? 'too-large' : buffer(zip.read(root + name));
    },
    [Symbol.asyncDispose]: () => inUse[Symbol.asyncDispose](),
  };
}

function addTo(lists: Map<string, string[]>, key: string, one: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [one]);
  else list.push(one);
}

/** The folder that all of it is in: none, or one that somebody packed again. */
function rootOf(names: readonly string[]): string | undefined {
  const found = names.filter((name) => /^([^/]+\/)?users\.json$/.test(name)).toSorted((one, other) => one.length - other.length)[0];
  return found?.slice(0, -'users.json'.length);
}
