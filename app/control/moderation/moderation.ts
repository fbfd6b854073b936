/** The moderators' queue, and what moderators decide. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { CommandResult } from '../../../commands/handling/results.ts';
import type { PostMedia } from '../../../domain/media/media-facts.ts';
import { placeOf } from '../../../domain/media/object-place.ts';
import { caseOf, subjectOf, type Subject } from '../../../domain/moderation/subject.ts';
import type { CaseId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { MediaStore } from '../../../ports/media/port.ts';
import { messageAsOf, messageId } from '../../../projections/read-models/chat/messages.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { contextFor, expectDone } from '../operators/operators.ts';
import { ControlFailure, type ControlOperations } from '../protocol.ts';
import type { DecidedLine, PictureLine, ShownCaseLine } from './protocol.ts';

type Dependencies = {
  readonly views: Pick<TidingsViews, 'find' | 'get'>;
  readonly commands: Pick<Commands, 'hidePost' | 'restorePost' | 'suspendPerson' | 'clearProfile' | 'liftSuspension' | 'dismissCase'>;
  readonly contextFor: ContextFor;
  readonly media: Pick<MediaStore, 'read'>;
  readonly clock: () => Instant;
};

export function createModerationOperations(dependencies: Dependencies) {
  const { views, commands, clock } = dependencies;
  return {
    'list-cases': async function* ({ status, after, limit }) {
      const range = after === undefined ? {} : { range: { field: 'place', after } as const };
      const found = await views.find('cases', { where: { status }, ...range, order: { place: 1 }, limit });
      for (const { _id, position: _position, appeal: _appeal, ...line } of found) yield line;
    },
    'show-case': async function* (request) {
      yield await showCase(views, request.case, clock());
    },
    'list-reports': async function* ({ case: of, after, limit }) {
      const range = after === undefined ? {} : { range: { field: '_id', after } as const };
      const found = await views.find('reports', { where: { case: of }, ...range, order: { _id: 1 }, limit });
      for (const { _id, position: _position, ...line } of found) yield { ...line, place: _id };
    },
    'list-suspended': async function* ({ after, limit }) {
      const range = after === undefined ? {} : { range: { field: '_id', after } as const };
      const found = await views.find('standings', { where: { suspended: true }, ...range, order: { _id: 1 }, limit });
      for (const { _id, position: _position, statement: _statement, ...line } of found) yield { ...line, place: _id };
    },
    'hide-post': async function* ({ case: of, violation, statement }, _signal, by) {
      const decision = { subject: postIn(of), by: by.operator, violation, ...(statement !== undefined && { statement }) };
      yield decided(await commands.hidePost(decision, contextFor(dependencies, by, 'hide-post')));
    },
    'restore-post': async function* ({ case: of }, _signal, by) {
      yield decided(await commands.restorePost({ subject: postIn(of), by: by.operator }, contextFor(dependencies, by, 'restore-post')));
    },
    'suspend-person': async function* ({ person, violation, statement, until, case: of }, _signal, by) {
      const grounds = { violation, ...(statement !== undefined && { statement }), ...(until !== undefined && { until }) };
      const decision = { person, by: by.operator, ...grounds, ...(of !== undefined && { subject: subjectIn(of) }) };
      yield decided(await commands.suspendPerson(decision, contextFor(dependencies, by, 'suspend-person')));
    },
    'show-picture': async function* ({ case: of }) {
      yield* showPicture(dependencies, subjectIn(of));
    },
    'clear-profile': async function* ({ person, parts }, _signal, by) {
      yield decided(await commands.clearProfile({ person, parts, by: by.operator }, contextFor(dependencies, by, 'clear-profile')));
    },
    'lift-suspension': async function* ({ person }, _signal, by) {
      yield decided(await commands.liftSuspension({ person, by: by.operator }, contextFor(dependencies, by, 'lift-suspension')));
    },
    'dismiss-case': async function* ({ case: of }, _signal, by) {
      yield decided(await commands.dismissCase({ subject: subjectIn(of), by: by.operator }, contextFor(dependencies, by, 'dismiss-case')));
    },
  } satisfies ControlOperations;
}

async function showCase(views: Dependencies['views'], of: CaseId, now: Instant): Promise<ShownCaseLine> {
  const known = await views.get('cases', of);
  const isBrought = known !== undefined && (known.reports > 0 || known.appealedAt !== null);
  const content = await contentOf(views, subjectIn(of), { isBrought, now });
  if (known === undefined) return { case: of, known: null, content };
  const { case: _case, ...rest } = known;
  return { case: of, known: rest, content };
}

/** Whether it is hidden or not. What is not for everybody is shown where somebody who may read it has reported it, or its author appeals. */
async function contentOf(
  views: Dependencies['views'],
  subject: Subject,
  { isBrought, now }: { readonly isBrought: boolean; readonly now: Instant },
): Promise<ShownCaseLine['content']> {
  switch (subject.kind) {
    case 'post':
    case 'media': {
      const post = await views.get('posts', subject.post);
      if (post === undefined) return null;
      if (post.visibility !== 'public' && !isBrought) throw notBrought();
      return { by: post.author, name: await nameOf(views, post.author), text: post.text, at: post.at };
    }
    case 'message': {
      const kept = await views.get('messages', messageId(subject.channel, subject.message));
      if (kept === undefined) return null;
      const message = messageAsOf(kept, now);
      if (!isBrought) throw notBrought();
      return { by: message.sender, name: await nameOf(views, message.sender), text: message.text, at: message.at };
    }
    case 'person': {
      const profile = await views.get('profiles', subject.person);
      return profile === undefined ? null : { by: subject.person, name: profile.name, text: profile.about, at: null };
    }
  }
}

/** Of a post only where somebody has reported it, or everybody may see it; a profile's everybody may see. */
async function* showPicture({ views, media }: Pick<Dependencies, 'views' | 'media'>, subject: Subject): AsyncIterable<PictureLine> {
  const shown = await pictureOf(views, subject);
  const variant = shown?.variants.find(({ name }) => name === 'full');
  const found = variant === undefined ? undefined : await media.read(placeOf(variant.object));
  if (variant === undefined || found === undefined) throw new ControlFailure('unknown', 'There is no such picture any more.');
  for await (const bytes of found.stream as AsyncIterable<Buffer>) yield { type: variant.type, bytes: bytes.toString('base64') };
}

async function pictureOf(views: Dependencies['views'], subject: Subject): Promise<PostMedia | undefined> {
  if (subject.kind === 'person') return (await views.get('profiles', subject.person))?.picture ?? undefined;
  if (subject.kind !== 'media') throw new ControlFailure('bad-request', 'Only cases of pictures and of people have one.');
  const [post, known] = await Promise.all([views.get('posts', subject.post), views.get('cases', caseOf(subject))]);
  const isBrought = known !== undefined && (known.reports > 0 || known.appealedAt !== null);
  if (post !== undefined && post.visibility !== 'public' && !isBrought) throw notBrought();
  return post?.media?.[subject.media];
}

const notBrought = () => new ControlFailure('unknown', 'It is not for everybody, and nobody has reported it.');

const nameOf = async (views: Dependencies['views'], person: string): Promise<string | null> => (await views.get('profiles', person))?.name ?? null;

function subjectIn(of: CaseId): Subject {
  const subject = subjectOf(of);
  if (subject === undefined) throw new ControlFailure('bad-request', 'That names no case.');
  return subject;
}

function postIn(of: CaseId): Extract<Subject, { kind: 'post' | 'media' }> {
  const subject = subjectIn(of);
  if (subject.kind === 'post' || subject.kind === 'media') return subject;
  throw new ControlFailure('bad-request', 'Only a post or one of its pictures can be hidden; for messages and people there is suspending.');
}

function decided(handled: CommandResult): DecidedLine {
  expectDone(handled);
  return { outcome: handled.outcome === 'appended' ? 'appended' : 'unchanged' };
}
