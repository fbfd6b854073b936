/** Hints of a person's presence go to the person's watchers, and so to a topic beside the person's own: watchers are not sent the person's messages. */
import type { PersonId } from '../../domain/shared/ids.ts';

export const watchersTopicOf = (person: PersonId): PersonId => `watchers-of:${person}` as PersonId;
