/** Decides what the next part of an archive has: the next rows of the section that is being read, as far as they and their media have room. */
import type { ZipEntry } from '../../domain/exports/zip.ts';
import { indexOf, mediaOf, textsOf } from './pages.ts';
import type { Row, Section } from './rows.ts';
import type { ArchiveMedia, ArchiveText } from './write-part.ts';

/** Of the pictures and videos of one part, but for one row that has more by itself. */
export const PART_MEDIA_BYTES_MAX = 64 * 1_024 * 1_024;
export const PART_MEDIA_MAX = 100;
const INDEX = 'index';
/** The most that is said before the last part is recorded. */
const PERCENT_MAX = 99;

export type GatheredPart = {
  readonly media: readonly ArchiveMedia[];
  readonly texts: (written: ReadonlySet<string>) => readonly ArchiveText[];
  /** How many texts there are. */
  readonly pages: number;
  readonly rows: number;
  readonly counted: 'messages' | 'posts' | undefined;
  readonly leftOut: number;
  readonly percent: number;
  readonly next: string | null;
};

/** The section, the number of its next page, and where that begins. */
type Place = { readonly section: string; readonly page: number; readonly from: string | undefined };

const textOf = ({ section, page, from = '' }: Place): string => `${section}|${page}|${from}`;

function placeOf(text: string): Place {
  const [section = '', page = '', ...from] = text.split('|');
  return { section, page: Number(page), from: from.join('|') || undefined };
}

/** `next`: as the part before told it; undefined for the first. `loadEntries`: of all parts before. */
export async function gatherPart(
  sections: readonly Section[],
  next: string | undefined,
  loadEntries: () => Promise<readonly ZipEntry[]>,
): Promise<GatheredPart> {
  let place = next === undefined ? beginOf(sections, 0) : placeOf(next);
  let leftOut = 0;
  for (;;) {
    const number = sections.findIndex(({ name }) => name === place.section);
    const section = sections[number];
    if (section === undefined) return indexPart(sections, await loadEntries(), { leftOut, note: NOTE });
    const read = await section.read(place.from);
    leftOut += read.leftOut;
    const rows = withRoom(read.rows);
    const isCut = rows.length < read.rows.length;
    const from = isCut ? rows.at(-1)?.after : (read.next ?? undefined);
    const following = from === undefined ? beginOf(sections, number + 1) : { ...place, page: place.page + (rows.length > 0 ? 1 : 0), from };
    if (rows.length > 0) {
      const stretch = { section, page: place.page, rows, isLast: from === undefined };
      const percent = Math.min(PERCENT_MAX, Math.floor((100 * number + read.percent) / sections.length));
      const media = mediaOf(stretch).flat();
      const texts = (written: ReadonlySet<string>) => textsOf(stretch, written);
      return { media, texts, pages: 2, rows: rows.length, counted: section.counts, leftOut, percent, next: textOf(following) };
    }
    place = following;
  }
}

const beginOf = (sections: readonly Section[], number: number): Place => ({ section: sections[number]?.name ?? INDEX, page: 1, from: undefined });

/** At least one. */
function withRoom(rows: readonly Row[]): readonly Row[] {
  let [bytes, files] = [0, 0];
  const end = rows.findIndex(({ media }, i) => {
    bytes += media.reduce((sum, one) => sum + one.bytes, 0);
    files += media.length;
    return i > 0 && (bytes > PART_MEDIA_BYTES_MAX || files > PART_MEDIA_MAX);
  });
  return end === -1 ? rows : rows.slice(0, end);
}

const NOTE = 'What stands here as pages stands beside them as NDJSON: one JSON object a line. What was to disappear soon, and what was gone, is left out.';

/** The last part of an archive that has no room for more. */
export const lastPart = (sections: readonly Section[], entries: readonly ZipEntry[]): GatheredPart =>
  indexPart(sections, entries, { leftOut: 0, note: `${NOTE} There was more than an archive has room for: what stands last in it is not the last there is.` });

function indexPart(
  sections: readonly Section[],
  entries: readonly ZipEntry[],
  { leftOut, note }: { readonly leftOut: number; readonly note: string },
): GatheredPart {
  const texts = () => [indexOf(sections, entries, { title: 'Your export', note })];
  return { media: [], texts, pages: 1, rows: 0, counted: undefined, leftOut, percent: PERCENT_MAX, next: null };
}
