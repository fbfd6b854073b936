/** What a person is told when moderators have decided about something of theirs. Why, and the words to it, are where the person can appeal. */
import type { PostEvent } from '../feed/events.ts';
import type { CaseEvent, StandingEvent } from '../moderation/events.ts';
import type { UserEvent } from '../people/events.ts';
import type { Recorded } from '../shared/event.ts';
import type { PersonId } from '../shared/ids.ts';
import type { Content, ModerationNotice, Source } from './request-fields.ts';

export type ModerationDecided =
  | Extract<UserEvent, { type: 'people.profile-changed.v1' }>
  | Extract<PostEvent, { type: 'feed.post-hidden.v1' | 'feed.post-restored.v1' }>
  | StandingEvent
  | Extract<CaseEvent, { type: 'moderation.case-closed.v1' }>;

/** Who is told, and of what. */
export type ToldDecision = { readonly person: PersonId; readonly source: Extract<Source, { kind: 'moderation' }> };

/** What hides or suspends has an event of its own: a case tells only that what was decided stands. */
export function toldDecisionOf(event: ModerationDecided & Pick<Recorded, 'key'>): ToldDecision | undefined {
  switch (event.type) {
    case 'feed.post-hidden.v1':
      return { person: event.data.author, source: { kind: 'moderation', notice: 'post-hidden', post: event.data.post } };
    case 'feed.post-restored.v1':
      return { person: event.data.author, source: { kind: 'moderation', notice: 'post-restored', post: event.data.post } };
    case 'people.profile-changed.v1':
      if (event.data.clearedBy === undefined) return undefined;
      return { person: event.key as PersonId, source: { kind: 'moderation', notice: 'profile-cleared' } };
    case 'moderation.person-suspended.v1':
      return { person: event.data.person, source: { kind: 'moderation', notice: 'suspended' } };
    case 'moderation.suspension-lifted.v1':
      return { person: event.data.person, source: { kind: 'moderation', notice: 'suspension-lifted' } };
    case 'moderation.case-closed.v1': {
      const { outcome, about: person, subject, answersAppeal = false } = event.data;
      if (outcome !== 'dismissed' || !answersAppeal) return undefined;
      const post = subject.kind === 'post' || subject.kind === 'media' ? { post: subject.post } : {};
      return { person, source: { kind: 'moderation', notice: 'appeal-dismissed', ...post } };
    }
  }
}

/** It names nothing and nobody: it may be shown on a locked screen. */
export const moderationContent = (notice: ModerationNotice): Content => TEXTS[notice];

const TEXTS: Readonly<Record<ModerationNotice, Content>> = {
  'post-hidden': { title: 'A post of yours was hidden', body: 'Moderators have hidden it from everybody but you. You can see why, and appeal.' },
  'post-restored': { title: 'A post of yours is shown again', body: 'Moderators have decided again about it.' },
  'profile-cleared': { title: 'Your profile was changed', body: 'Moderators have taken something of it away. You can choose something else.' },
  suspended: { title: 'Your account was suspended', body: 'You can read, and write nothing. You can see why and until when, and appeal.' },
  'suspension-lifted': { title: 'Your account is no longer suspended', body: 'You can write again.' },
  'appeal-dismissed': { title: 'Your appeal was looked at', body: 'Moderators have looked again, and what they decided stands.' },
};
