/** Looks at what somebody is about to publish, and says whether it may be. It is told what it says, and not by whom. */
import { Outage } from '../outage.ts';

/** The check can’t be made, or isn’t answered in time. What happens then is the operator's to say: see `commands/moderation/admission.ts`. */
export class ContentCheckUnavailable extends Outage {
  override readonly name = 'ContentCheckUnavailable';
}

/** In which a check answers or throws, where the operator names no other time. */
export const CONTENT_CHECK_DEADLINE_MS = 2_000;

export const CHECKED_KINDS = ['post', 'reply'] as const;
export type CheckedContent = { readonly kind: (typeof CHECKED_KINDS)[number]; readonly text: string };

export type ContentVerdict = 'accepted' | 'refused';

/**
 * - The same text has the same verdict, however often it is asked, until the operator changes what is refused.
 * - A check that can't be made throws `ContentCheckUnavailable`, and nothing else for that, within its deadline.
 */
export type ContentCheck = { readonly check: (content: CheckedContent) => Promise<ContentVerdict> };
