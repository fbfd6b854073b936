/** What a report says is wrong with something, and what a moderator has found. A word of this list is told to everybody concerned. */
export const VIOLATIONS = ['spam', 'harassment', 'hate', 'violence', 'sexual', 'self-harm', 'illegal', 'impersonation', 'other'] as const;
export type Violation = (typeof VIOLATIONS)[number];

/** Of the words beside it: of a report, of a moderator to whom it concerns, of an appeal. */
export const MODERATION_TEXT_CHARACTERS_MAX = 2_000;
