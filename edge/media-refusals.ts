/** The refusals of uploads that a post, a message or a profile names: what is wrong with one, and with several. */
import type { RefusalCode } from '../domain/shared/refusals.ts';

export const UPLOAD_REFUSALS = [
  'media-unknown',
  'media-not-ready',
  'media-type-refused',
  'media-heic',
  'media-damaged',
  'media-too-many-pixels',
  'media-too-costly',
  'alt-too-long',
] as const satisfies readonly RefusalCode[];

export const UPLOADS_REFUSALS = [...UPLOAD_REFUSALS, 'media-too-many', 'media-twice'] as const satisfies readonly RefusalCode[];

/** Of a picture that is to stand beside a name or a title. */
export const PICTURE_REFUSALS = [...UPLOAD_REFUSALS, 'picture-is-video'] as const satisfies readonly RefusalCode[];
