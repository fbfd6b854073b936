/**
 * What importers bring in: people, posts and follows of other systems. The key of each follows from its source, so that an import that
 * was killed, or is made again by somebody else, goes on where it was and doubles nothing; what was taken back here since stays so.
 */
import type { Attachment } from '../../domain/media/attachments.ts';
import { user } from '../../domain/people/user.ts';
import type { MediaId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import { userStream } from '../../domain/shared/streams.ts';
import { personOfLogin, register } from '../accounts/sign-up.ts';
import { publishedEventOf } from '../feed/post-target.ts';
import { publishPost } from '../feed/posts.ts';
import { importCommandIdOf } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling, StreamRevision } from '../handling/handle.ts';
import { endUpload } from '../media/media.ts';
import { createdIdOf, postIdOf } from '../handling/deterministic-ids.ts';
import { refused, type CommandResult, type CreateResult } from '../handling/results.ts';
import { changeProfile, type ChangeProfile } from '../people/profile.ts';
import { follow } from '../people/relationships.ts';
import { contextOf, type Importing } from './importing.ts';

// In stored ids, and never changed.
const PERSON = 'import-person';
const PROFILE = 'import-profile';
const POST = 'import-post';
const MEDIA = 'import-media';
const FOLLOW = 'import-follow';

/** `key` names the person where they come from; without one the login name does. */
export type ImportedPerson = { readonly key?: string; readonly loginName: string; readonly name: string } & Omit<ChangeProfile, 'person' | 'name'>;

/** Without a password. Their profile is as it was said at first: what the person has changed here since stays. */
export const importPerson =
  (dependencies: Uses<'log' | 'codec' | 'vault' | 'logins'>) =>
  async ({ key, loginName, name, ...profile }: ImportedPerson, importing: Importing): Promise<CreateResult<PersonId>> => {
    const before = key === undefined ? undefined : await dependencies.loadState(user, userStream(importedPersonOf({ key, loginName })));
    const isThere = before?.state.status === 'registered';
    // Under whichever login name. Whoever registered them may have been stopped before their profile, which nobody has changed then.
    if (isThere && before.revision > 0) return { id: importedPersonOf({ key, loginName }), handled: unchangedAt(before) };
    const { id, handled } = isThere
      ? { id: importedPersonOf({ key, loginName }), handled: unchangedAt(before) }
      : await register(dependencies, { loginName, name }, contextOf(importing, PERSON, personKey({ key, loginName })));
    if (handled.outcome === 'refused') return { id, handled };
    if ((await dependencies.loadState(user, userStream(id))).state.status === 'erased') return { id, handled: refused('person-erased') };
    if (Object.keys(profile).length === 0) return { id, handled };
    const changed = await changeProfile(dependencies)({ person: id, ...profile }, contextOf(importing, PROFILE, personKey({ key, loginName })));
    return { id, handled: changed.outcome === 'refused' ? changed : handled };
  };

const unchangedAt = ({ stream, revision }: StreamRevision): CommandResult => ({ outcome: 'unchanged', stream, revision, position: undefined });

type NamedPerson = { readonly key?: string | undefined; readonly loginName: string };

/** Their id where they were imported as this one, or would be. */
export const importedPersonOf = (person: NamedPerson): PersonId => createdIdOf<PersonId>(importCommandIdOf(PERSON, personKey(person)), 'person');

/** Login names as they are compared. None has a line's end in it. */
const personKey = ({ key, loginName }: NamedPerson): string => (key === undefined ? loginName.normalize('NFKC').trim().toLowerCase() : `key\n${key}`);

/** `source` and `key` name a post where it comes from: `mastodon`, and its address there. */
export type PostSource = { readonly author: PersonId; readonly source: string; readonly key: string };
export type ImportedPost = PostSource & {
  readonly happenedAt: Instant;
  readonly text: string;
  readonly visibility?: 'friends';
  readonly media?: readonly Attachment[];
  /** The key of the post that it replies to, of the same source. Where that was not imported, it is no reply. */
  readonly replyToKey?: string;
  /** Whose that post is; absent: the author's own. */
  readonly replyToAuthor?: PersonId;
};

/** `key`: its path in an archive. */
type MediaSource = { readonly owner: PersonId; readonly source: string; readonly key: string };

export const importPost =
  (dependencies: Uses<'log' | 'codec' | 'logins'>) =>
  async ({ happenedAt, text, visibility, media, replyToKey, replyToAuthor, ...source }: ImportedPost, importing: Importing): Promise<CreateResult<PostId>> => {
    const replyTo =
      replyToKey === undefined ? undefined : await findImportedPost(dependencies)({ ...source, author: replyToAuthor ?? source.author, key: replyToKey });
    const post = {
      author: source.author,
      text,
      ...(visibility !== undefined && { visibility }),
      ...(media !== undefined && { media }),
    };
    const publish = publishPost(dependencies);
    const context = contextOf(importing, POST, postKey(source), happenedAt);
    const published = await publish(replyTo === undefined ? post : { ...post, replyTo }, context);
    // The post that it replied to was deleted, or hidden, since it was imported.
    const isOrphan = replyTo !== undefined && published.handled.outcome === 'refused' && published.handled.refusal.code === 'post-unknown';
    return isOrphan ? publish(post, context) : published;
  };

/** Undefined where it was not imported. */
export const findImportedPost =
  (dependencies: Uses<'log' | 'codec' | 'logins'>) =>
  async (source: PostSource): Promise<PostId | undefined> => {
    const anyTime = postIdOf(importCommandIdOf(POST, postKey(source)), instant(0));
    return (await publishedEventOf(dependencies, anyTime))?.data.post;
  };

const postKey = ({ author, source, key }: PostSource): string => `${source}\n${author}\n${key}`;

/** The picture or video that is imported from there, or would be. */
export const importedMediaOf = (of: MediaSource): MediaId => createdIdOf<MediaId>(importCommandIdOf(MEDIA, mediaKey(of)), 'media');

/** All its bytes have arrived. */
export const importUpload =
  (handling: CommandHandling) =>
  ({ bytes, ...of }: MediaSource & { readonly bytes: number }, importing: Importing): Promise<CommandResult> =>
    endUpload(handling)({ media: importedMediaOf(of), owner: of.owner, bytes }, contextOf(importing, MEDIA, mediaKey(of)));

const mediaKey = ({ owner, source, key }: MediaSource): string => `${source}\n${owner}\n${key}`;

/** Once: who was unfollowed here since stays so. */
export const importFollow =
  (dependencies: Uses<'feedCache'>) =>
  ({ person, other }: { readonly person: PersonId; readonly other: PersonId }, importing: Importing): Promise<CommandResult> =>
    follow(dependencies)({ person, other }, contextOf(importing, FOLLOW, `${person}\n${other}`));

/** The person with this login name; undefined where there is nobody. */
export const findPersonOfLogin =
  (dependencies: Uses<'logins'>) =>
  async ({ loginName }: { readonly loginName: string }): Promise<PersonId | undefined> => {
    const person = await personOfLogin(dependencies, loginName);
    return person !== undefined && (await dependencies.loadState(user, userStream(person))).state.status === 'registered' ? person : undefined;
  };
