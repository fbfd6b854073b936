/**
 * What moderators decide: each names who decided and why, and closes the case of what it is about. A process that ends in between leaves
 * the case open, and whoever decides again closes it.
 */
import { messageAt } from '../chat/message-references.ts';
import { post } from '../../domain/feed/post.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import type { CaseOutcome } from '../../domain/moderation/events.ts';
import { moderationCase } from '../../domain/moderation/moderation-case.ts';
import { standing } from '../../domain/moderation/standing.ts';
import { caseOf, type Subject } from '../../domain/moderation/subject.ts';
import type { Violation } from '../../domain/moderation/violations.ts';
import type { ActingAs } from '../../domain/operators/roles.ts';
import { user, type ProfileClearing } from '../../domain/people/user.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { caseStream, standingStream, userStream } from '../../domain/shared/streams.ts';
import { publishedEventOf } from '../feed/post-target.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { refused, type CommandResult } from '../handling/results.ts';

type Dependencies = Uses<'log' | 'codec'>;
/** `statement`: what the person whom it concerns is told beside it. */
type Grounds = { readonly by: ActingAs; readonly violation: Violation; readonly statement?: string };

/** A picture is hidden with its post. */
type PostSubject = Extract<Subject, { kind: 'post' | 'media' }>;

export const hidePost =
  (dependencies: Dependencies) =>
  async ({ subject, ...grounds }: Grounds & { readonly subject: PostSubject }, context: CommandContext): Promise<CommandResult> =>
    decide(dependencies, { subject, by: grounds.by, outcome: 'hidden' }, context, () =>
      ifPostExists(dependencies, subject.post, () =>
        dependencies.handle(post, postStreamOf(subject.post), { type: 'hide', post: subject.post, ...grounds, at: context.at }, context),
      ),
    );

export const restorePost =
  (dependencies: Dependencies) =>
  async ({ subject, by }: { readonly subject: PostSubject; readonly by: ActingAs }, context: CommandContext): Promise<CommandResult> =>
    decide(dependencies, { subject, by, outcome: 'restored' }, context, () =>
      ifPostExists(dependencies, subject.post, () =>
        dependencies.handle(post, postStreamOf(subject.post), { type: 'restore', post: subject.post, by, at: context.at }, context),
      ),
    );

/** `subject`: what the person is suspended for; their own case is closed as well. */
export const suspendPerson =
  (dependencies: Dependencies) =>
  async (
    { person, subject, ...grounds }: Grounds & { readonly person: PersonId; readonly until?: Instant; readonly subject?: Subject },
    context: CommandContext,
  ): Promise<CommandResult> => {
    const own: Subject = { kind: 'person', person };
    const suspended = await decide(dependencies, { subject: own, by: grounds.by, outcome: 'suspended' }, context, async () => {
      const loaded = await dependencies.loadState(user, userStream(person));
      const command = { type: 'suspend', person, user: loaded.state, ...grounds, at: context.at } as const;
      return dependencies.handle(standing, standingStream(person), command, context, { readRevisions: [loaded] });
    });
    if (suspended.outcome !== 'refused' && subject !== undefined) {
      const closed = await close(dependencies, { subject, by: grounds.by, outcome: 'suspended' }, context);
      if (closed.outcome === 'refused') return closed;
    }
    return suspended;
  };

/** Of what the person says of themselves; they may say it anew. */
export const clearProfile =
  (dependencies: Dependencies) =>
  ({ person, ...clearing }: ProfileClearing & { readonly person: PersonId }, context: CommandContext): Promise<CommandResult> =>
    decide(dependencies, { subject: { kind: 'person', person }, by: clearing.by, outcome: 'cleared' }, context, () =>
      dependencies.handle(user, userStream(person), { type: 'clear', ...clearing }, context),
    );

export const liftSuspension =
  (dependencies: Dependencies) =>
  ({ person, by }: { readonly person: PersonId; readonly by: ActingAs }, context: CommandContext): Promise<CommandResult> =>
    decide(dependencies, { subject: { kind: 'person', person }, by, outcome: 'lifted' }, context, () =>
      dependencies.handle(standing, standingStream(person), { type: 'lift', person, by, at: context.at }, context),
    );

/** Nothing is to be done about what was reported, or what was decided stands. */
export const dismissCase =
  (dependencies: Dependencies) =>
  ({ subject, by }: { readonly subject: Subject; readonly by: ActingAs }, context: CommandContext): Promise<CommandResult> =>
    close(dependencies, { subject, by, outcome: 'dismissed' }, context);

type Closing = { readonly subject: Subject; readonly by: ActingAs; readonly outcome: CaseOutcome };

async function decide(dependencies: Dependencies, closing: Closing, context: CommandContext, act: () => Promise<CommandResult>): Promise<CommandResult> {
  const decided = await act();
  if (decided.outcome === 'refused') return decided;
  const closed = await close(dependencies, closing, context);
  return closed.outcome === 'refused' ? closed : decided;
}

async function close(dependencies: Dependencies, { subject, by, outcome }: Closing, context: CommandContext): Promise<CommandResult> {
  const about = await ownerOf(dependencies, subject);
  if (about === undefined) return refused('case-unknown');
  return dependencies.handle(moderationCase, caseStream(caseOf(subject)), { type: 'close', subject, about, by, outcome, at: context.at }, context);
}

async function ownerOf(dependencies: Dependencies, subject: Subject): Promise<PersonId | undefined> {
  switch (subject.kind) {
    case 'post':
    case 'media':
      return (await publishedEventOf(dependencies, subject.post))?.data.author;
    case 'person':
      return subject.person;
    case 'message': {
      const message = await messageAt(dependencies, subject.channel, subject.message);
      return message?.type === 'chat.message-posted.v1' ? message.data.sender : undefined;
    }
  }
}

const ifPostExists = async (dependencies: Dependencies, id: PostId, act: () => Promise<CommandResult>): Promise<CommandResult> =>
  (await publishedEventOf(dependencies, id))?.data.post === id ? act() : refused('post-unknown');
