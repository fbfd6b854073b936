/** Imports people, posts and follows, one after the other, and answers a line for each: a request that is interrupted is made again. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { Importing } from '../../../commands/imports/importing.ts';
import { importedMediaOf, importedPersonOf } from '../../../commands/imports/imports.ts';
import { actorOfOperator, type ActingOperator } from '../../../domain/operators/roles.ts';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { sentenceOf } from '../../../domain/shared/refusals.ts';
import { newLoginName } from '../../../write-api/login-fields.ts';
import { ControlFailure, type ControlOperations, type OperationRequest } from '../protocol.ts';
import { endChannelImport, importChannel, importMembers, importMessages, type ChatImporting } from './chat.ts';
import { importMedia, type MediaImporting } from './media.ts';
import { IMPORTED, outcomeOf, refusedAs, UNCHANGED } from './outcomes.ts';
import type { ImportOutcome } from './outcome.ts';
import type { ImportLines } from './protocol.ts';

/** No more than a log appends together. */
const IMPORTED_TOGETHER_MAX = 16;

type Dependencies = Omit<MediaImporting, 'commands'> &
  Omit<ChatImporting, 'commands'> & {
    readonly commands: ChatImporting['commands'] &
      Pick<
        Commands,
        'importUpload' | 'importPerson' | 'importPost' | 'importFollow' | 'findImportedPost' | 'findPersonOfLogin' | 'loginOfPerson' | 'makeAccountClaim'
      >;
    readonly contextFor: ContextFor;
    readonly clock: () => Instant;
  };

export const createImportOperations = (dependencies: Dependencies) =>
  ({
    'find-login': async function* (request) {
      yield { person: (await dependencies.commands.findPersonOfLogin(request)) ?? null };
    },
    'import-people': (request, signal, by) => importPeople(dependencies, request, { signal, by }),
    'import-posts': (request, signal, by) => importPosts(dependencies, request, { signal, by }),
    'import-media': async function* (request, signal, by) {
      await expectPerson(dependencies, request.person);
      yield* importMedia(dependencies, request, { signal, importing: importing(dependencies, { by }) });
    },
    'import-follows': (request, signal, by) => importFollows(dependencies, request, { signal, by }),
    'import-channel': (request, signal, by) => importChannel(dependencies, request, { signal, importing: importing(dependencies, { by }) }),
    'import-members': (request, signal, by) => importMembers(dependencies, request, { signal, importing: importing(dependencies, { by }) }),
    'import-messages': (request, signal, by) => importMessages(dependencies, request, { signal, importing: importing(dependencies, { by }) }),
    'import-channel-end': (request, signal, by) => endChannelImport(dependencies, request, { signal, importing: importing(dependencies, { by }) }),
  }) satisfies ControlOperations;

/** `correlationId`: of the action in the audit. */
type Asked = { readonly signal: AbortSignal; readonly by: ActingOperator & { readonly correlationId?: string } };

async function* importPeople(
  dependencies: Dependencies,
  { people, claims, dryRun }: OperationRequest<'import-people'>,
  asked: Asked,
): AsyncIterable<ImportLines['import-people']> {
  const { commands, clock } = dependencies;
  const importOne = async ({ line, ...person }: OperationRequest<'import-people'>['people'][number]): Promise<ImportLines['import-people']> => {
    const imported = await importPersonOf(dependencies, person, { ...asked, dryRun });
    const isClaimed = claims && !dryRun && imported.person !== null && person.isActive !== false;
    const claim = isClaimed && imported.person !== null ? await commands.makeAccountClaim({ person: imported.person }, clock()) : undefined;
    return { line, ...imported, claim: claim ?? null };
  };
  for (let from = 0; from < people.length; from += IMPORTED_TOGETHER_MAX) {
    asked.signal.throwIfAborted();
    yield* await Promise.all(people.slice(from, from + IMPORTED_TOGETHER_MAX).map(importOne));
  }
}

type PersonToImport = Omit<OperationRequest<'import-people'>['people'][number], 'line'>;

async function importPersonOf(
  dependencies: Dependencies,
  { key, loginName, name, about, timeZone, language, country, isActive }: PersonToImport,
  { dryRun, ...asked }: Asked & { readonly dryRun: boolean },
): Promise<ImportOutcome & { readonly person: PersonId | null }> {
  const { commands } = dependencies;
  const fault = newLoginName.safeParse(loginName).error?.issues[0];
  if (fault !== undefined) return { outcome: 'refused', code: 'login-name-malformed', says: `The login name ${fault.message}.`, person: null };
  const before = importedPersonOf({ key, loginName });
  if (dryRun) {
    if ((await commands.loginOfPerson({ person: before })) !== undefined) return { outcome: 'unchanged', person: before };
    const isTaken = (await commands.findPersonOfLogin({ loginName })) !== undefined;
    return isTaken ? { ...refusedAs({ code: 'login-taken' }), person: null } : { ...IMPORTED, person: before };
  }
  const profile = {
    ...(about !== undefined && { about }),
    ...(timeZone !== undefined && { timeZone }),
    ...(language !== undefined && { language }),
    ...(country !== undefined && { country }),
    ...(isActive === false && { findable: false }),
  };
  const { id, handled } = await commands.importPerson({ ...(key !== undefined && { key }), loginName, name, ...profile }, importing(dependencies, asked));
  const outcome = outcomeOf(handled);
  return { ...outcome, person: outcome.outcome === 'refused' ? null : id };
}

async function* importPosts(
  dependencies: Dependencies,
  { person, source, posts, dryRun }: OperationRequest<'import-posts'>,
  asked: Asked,
): AsyncIterable<ImportLines['import-posts']> {
  await expectPerson(dependencies, person);
  for (const wave of wavesOf(posts)) {
    asked.signal.throwIfAborted();
    yield* await Promise.all(wave.map(async (post) => ({ key: post.key, ...(await importPostOf(dependencies, { person, source, dryRun, post }, asked)) })));
  }
}

type Posts = OperationRequest<'import-posts'>['posts'];

/** In turn, so that a reply comes after what it replies to, and no more at once than a log appends together. */
function* wavesOf(posts: Posts): Generator<Posts, void> {
  let wave: Posts = [];
  let keys = new Set<string>();
  for (const post of posts) {
    if (wave.length === IMPORTED_TOGETHER_MAX || keys.has(post.key) || (typeof post.replyTo === 'string' && keys.has(post.replyTo))) {
      yield wave;
      wave = [];
      keys = new Set();
    }
    wave.push(post);
    keys.add(post.key);
  }
  yield wave;
}

type PostOfPerson = Omit<OperationRequest<'import-posts'>, 'posts'> & { readonly post: Posts[number] };

async function importPostOf(
  dependencies: Dependencies,
  { person, source, dryRun, post }: PostOfPerson,
  asked: Asked,
): Promise<ImportOutcome & { readonly post: PostId | null }> {
  const { commands } = dependencies;
  const { key, at, text, visibility, media, replyTo } = post;
  const named = { author: person, source, key };
  if (dryRun) return { ...((await commands.findImportedPost(named)) === undefined ? IMPORTED : UNCHANGED), post: null };
  const { id, handled } = await commands.importPost(
    {
      ...named,
      happenedAt: at,
      text,
      ...(visibility === 'friends' && { visibility }),
      ...(media !== undefined && {
        media: media.map(({ key: of, alt }) => ({ media: importedMediaOf({ owner: person, source, key: of }), ...(alt !== undefined && { alt }) })),
      }),
      ...(typeof replyTo === 'string' && { replyToKey: replyTo }),
      ...(typeof replyTo === 'object' && { replyToKey: replyTo.key, replyToAuthor: replyTo.person }),
    },
    importing(dependencies, asked),
  );
  return { ...outcomeOf(handled), post: handled.outcome === 'refused' ? null : id };
}

async function* importFollows(
  dependencies: Dependencies,
  { person, follows, dryRun }: OperationRequest<'import-follows'>,
  asked: Asked,
): AsyncIterable<ImportLines['import-follows']> {
  const { commands } = dependencies;
  await expectPerson(dependencies, person);
  for (const { line, loginName } of follows) {
    asked.signal.throwIfAborted();
    const other = await commands.findPersonOfLogin({ loginName });
    if (other === undefined) yield { line, ...refusedAs({ code: 'person-unknown' }) };
    else if (dryRun) yield { line, ...(other === person ? refusedAs({ code: 'self-not-allowed' }) : IMPORTED) };
    else yield { line, ...outcomeOf(await commands.importFollow({ person, other }, importing(dependencies, asked))) };
  }
}

async function expectPerson({ commands }: Dependencies, person: PersonId): Promise<void> {
  if ((await commands.loginOfPerson({ person })) === undefined) throw new ControlFailure('unknown', sentenceOf('person-unknown'));
}

const importing = ({ contextFor, clock }: Dependencies, { by: { operator, correlationId } }: Pick<Asked, 'by'>): Importing => ({
  contextFor,
  actor: actorOfOperator(operator),
  at: clock(),
  ...(correlationId !== undefined && { correlationId }),
});
