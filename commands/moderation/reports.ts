/** People report what they see, and appeal against what was decided about what is theirs. */
import { channel } from '../../domain/chat/channel.ts';
import { isMember } from '../../domain/chat/channel-state.ts';
import { post, refusalIfHidden } from '../../domain/feed/post.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import { moderationCase } from '../../domain/moderation/moderation-case.ts';
import { isSuspended, standing } from '../../domain/moderation/standing.ts';
import { caseOf, type Subject } from '../../domain/moderation/subject.ts';
import type { Violation } from '../../domain/moderation/violations.ts';
import { refusalIfAbsent, user } from '../../domain/people/user.ts';
import type { Decision, Refusal } from '../../domain/shared/decider.ts';
import { isErased } from '../../domain/shared/event.ts';
import type { CaseId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { caseStream, channelStream, standingStream, userStream } from '../../domain/shared/streams.ts';
import { messageAt } from '../chat/message-references.ts';
import { loadPost, publishedEventOf } from '../feed/post-target.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { StreamRevision } from '../handling/handle.ts';
import { refused, type CreateResult } from '../handling/results.ts';

type Dependencies = Uses<'log' | 'codec'>;

export type Report = { readonly person: PersonId; readonly subject: Subject; readonly violation: Violation; readonly text?: string };

/** A report says nothing of whether there were others. */
export const report =
  (dependencies: Dependencies) =>
  async ({ person: actor, subject, violation, text }: Report, context: CommandContext): Promise<CreateResult<CaseId>> => {
    const id = caseOf(subject);
    const seen = await loadSeen(dependencies, subject, actor);
    if ('code' in seen) return { id, handled: refused(seen.code) };
    const { about, refusal, readRevisions } = seen;
    const command = { type: 'report', subject, about, actor, violation, ...(text !== undefined && { text }), refusal, at: context.at } as const;
    return { id, handled: await dependencies.handle(moderationCase, caseStream(id), command, context, { readRevisions }) };
  };

export const appeal =
  (dependencies: Dependencies) =>
  async (
    { person: actor, subject, text }: { readonly person: PersonId; readonly subject: Subject; readonly text: string },
    context: CommandContext,
  ): Promise<CreateResult<CaseId>> => {
    const id = caseOf(subject);
    const against = await decidedAgainst(dependencies, subject, { actor, at: context.at });
    const command = { type: 'appeal', subject, actor, text, against, at: context.at } as const;
    return { id, handled: await dependencies.handle(moderationCase, caseStream(id), command, context) };
  };

/** `refusal`: why the actor can't see it. */
type Seen = { readonly about: PersonId; readonly refusal: Refusal | undefined; readonly readRevisions: readonly StreamRevision[] };

async function loadSeen(dependencies: Dependencies, subject: Subject, actor: PersonId): Promise<Seen | Refusal> {
  switch (subject.kind) {
    case 'post':
    case 'media': {
      const loaded = await loadPost(dependencies, subject.post, actor);
      if (loaded === undefined) return { code: 'post-unknown' };
      const { target, published, readRevisions } = loaded;
      const { media = [] } = published;
      const isMissing = subject.kind === 'media' && (isErased(media) || media[subject.media] === undefined);
      return {
        about: published.author,
        refusal: refusalIn(refusalIfHidden(target, actor)) ?? (isMissing ? { code: 'media-not-in-post' } : undefined),
        readRevisions,
      };
    }
    case 'message': {
      const [membership, message] = await Promise.all([
        dependencies.loadState(channel, channelStream(subject.channel)),
        messageAt(dependencies, subject.channel, subject.message),
      ]);
      if (!isMember(membership.state, actor)) return { code: 'channel-unknown' };
      if (message?.type !== 'chat.message-posted.v1') return { code: 'message-unknown' };
      return { about: message.data.sender, refusal: undefined, readRevisions: [membership] };
    }
    case 'person': {
      const loaded = await dependencies.loadState(user, userStream(subject.person));
      return { about: subject.person, refusal: refusalIn(refusalIfAbsent(loaded.state)), readRevisions: [loaded] };
    }
  }
}

const refusalIn = (decision: Decision<never> | undefined): Refusal | undefined => (decision?.outcome === 'refused' ? decision.refusal : undefined);

/** When it was decided against the actor, where it still holds. */
async function decidedAgainst(
  dependencies: Dependencies,
  subject: Subject,
  { actor, at }: { readonly actor: PersonId; readonly at: Instant },
): Promise<Instant | null> {
  switch (subject.kind) {
    case 'post':
    case 'media': {
      const published = await publishedEventOf(dependencies, subject.post);
      if (published?.data.post !== subject.post) return null;
      const { state } = await dependencies.loadState(post, postStreamOf(subject.post));
      return state.status === 'hidden' && state.author === actor ? state.since : null;
    }
    case 'person': {
      if (subject.person !== actor) return null;
      const { state } = await dependencies.loadState(standing, standingStream(actor));
      return isSuspended(state, at) ? state.at : null;
    }
    case 'message':
      return null;
  }
}
