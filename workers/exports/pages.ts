/** The files of the archive that a stretch of a section becomes: its rows as NDJSON, and a page of HTML beside it; and the page that names all of them. */
import type { ZipEntry } from '../../domain/exports/zip.ts';
import { documentOf, html, when } from './html.ts';
import type { Row, Section } from './rows.ts';
import type { ArchiveMedia, ArchiveText } from './write-part.ts';

const DIGITS = 6;
export const INDEX_FILE = 'index.html';

const fileOf = (section: string, page: number, ending: 'html' | 'ndjson'): string => `${section}/${String(page).padStart(DIGITS, '0')}.${ending}`;

/** The endings of types that people's programs go by; no name that somebody gave a file is a name in the archive. */
const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
  'audio/webm': 'weba',
  'audio/wav': 'wav',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'text/plain': 'txt',
};

export type SectionPage = {
  readonly section: Pick<Section, 'name' | 'title'>;
  /** From 1. */
  readonly page: number;
  readonly rows: readonly Row[];
  readonly isLast: boolean;
};

/** In the order of the rows. */
export const mediaOf = ({ section, page, rows }: Pick<SectionPage, 'section' | 'page' | 'rows'>): readonly (readonly ArchiveMedia[])[] =>
  rows.map(({ media }, row) =>
    media.map(({ object, type }, place) => ({ object, name: `media/${section.name}-${page}-${row}-${place}.${ENDINGS[type] ?? 'bin'}` })),
  );

/** `written`: the names of the media that are in the archive. */
export function textsOf(stretch: SectionPage, written: ReadonlySet<string>): readonly ArchiveText[] {
  const { section, page, rows, isLast } = stretch;
  const places = mediaOf(stretch).map((ofRow) => ofRow.map(({ name }) => (written.has(name) ? name : undefined)));
  const lines = rows.map(({ json }, i) => JSON.stringify(withFiles(json, places[i] ?? [])));
  const links = html`<nav>
    <a href="../${INDEX_FILE}">All</a
    >${when(page > 1, () => html`<a href="../${fileOf(section.name, page - 1, 'html')}">Before</a>`)}${when(!isLast, () => html`<a href="../${fileOf(section.name, page + 1, 'html')}">After</a>`)}
  </nav>`;
  const body = html`${links}${rows.map(({ show }, i) => show(places[i] ?? []))}${links}`;
  return [
    { name: fileOf(section.name, page, 'ndjson'), text: lines.map((line) => `${line}\n`).join('') },
    { name: fileOf(section.name, page, 'html'), text: documentOf({ title: section.title, body }) },
  ];
}

function withFiles(json: object, places: readonly (string | undefined)[]): object {
  const told = (json as { readonly media?: unknown }).media;
  if (places.length === 0 || !Array.isArray(told)) return json;
  return { ...json, media: told.map((one: object, i) => ({ ...one, file: places[i] ?? null })) };
}

/** `entries`: of all parts before. */
export function indexOf(
  sections: readonly Pick<Section, 'name' | 'title'>[],
  entries: readonly ZipEntry[],
  of: { readonly title: string; readonly note: string },
): ArchiveText {
  const pages = entries.filter(({ name }) => name.endsWith('.html')).map(({ name }) => name);
  const lists = sections.map(({ name, title }) => {
    const own = pages.filter((page) => page.startsWith(`${name}/`));
    return when(
      own.length > 0,
      () =>
        html`<h2>${title}</h2>
          <nav>${own.map((page, i) => html`<a href="${page}">${i + 1}</a>`)}</nav>`,
    );
  });
  const note = html`<p>${of.note}</p>`;
  return { name: INDEX_FILE, text: documentOf({ title: of.title, body: html`${note}${lists}` }) };
}
