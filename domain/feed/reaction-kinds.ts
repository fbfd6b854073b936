/** How one can react to a post. A person has one reaction to a post, of one kind; likes are counted by themselves. */
export const FURTHER_REACTIONS = ['love', 'laugh', 'wow', 'sad', 'angry'] as const;
export type FurtherReaction = (typeof FURTHER_REACTIONS)[number];

export const REACTION_KINDS = ['like', ...FURTHER_REACTIONS] as const;
export type ReactionKind = (typeof REACTION_KINDS)[number];
