import type { components } from '../../client/http/generated/read-api.ts';
import { t } from '../text/text.ts';

export type Media = components['schemas']['Media'];

/** What is to be seen, in the words of who published it; without any, which of how many it is. */
export const labelOf = ({ alt, kind }: Media, { number, count }: { readonly number: number; readonly count: number }): string =>
  alt ?? t(kind === 'video' ? 'media.video' : 'media.picture', { number, count });
