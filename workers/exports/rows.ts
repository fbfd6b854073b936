/** What an export is made of: sections, which are read row by row, each row once as JSON and once for a page. */
import type { ObjectKey } from '../../domain/media/media-facts.ts';
import type { Html } from './html.ts';

/** The whole of a picture, a video, a recording or a file. `field`: where in `json.media` its place in the archive is told. */
export type RowMedia = { readonly object: ObjectKey; readonly type: string; readonly kind: 'image' | 'video' | 'audio' | 'file'; readonly alt: string | null };

/** `after`: where reading goes on behind it. `show`: with the places of its media in the archive, undefined for what is gone from the store. */
export type Row = {
  readonly json: object;
  readonly show: (media: readonly (string | undefined)[]) => Html;
  readonly media: readonly (RowMedia & { readonly bytes: number })[];
  readonly after: string;
};

/** `next`: where reading goes on behind all of them; null: there are no more. `leftOut`: what may not be exported. `percent`: of the section that is read by then. */
export type RowsRead = { readonly rows: readonly Row[]; readonly next: string | null; readonly leftOut: number; readonly percent: number };

/** `counts`: which of the export's counters its rows are in. */
export type Section = {
  readonly name: string;
  readonly title: string;
  readonly counts?: 'messages' | 'posts';
  readonly read: (from: string | undefined) => Promise<RowsRead>;
};

/** Of one part, so that it is made within a moment and in little memory. */
export const ROWS_MAX = 500;
export const ROWS_BYTES_MAX = 2 * 1_024 * 1_024;
