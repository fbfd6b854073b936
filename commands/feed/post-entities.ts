/**
 * What the text of a post speaks of. A mention is of the person who has the login name at this moment, as the log has it; where nobody
 * has it, or the two are across a block, or the person doesn't want to be found and is no friend, it is left as text, all three alike.
 */
import type { MentionEntity, PostEntities } from '../../domain/feed/entities.ts';
import { POST_LENGTH_MAX_CHARACTERS } from '../../domain/feed/post.ts';
import { friendship } from '../../domain/people/friendship.ts';
import { relationBetween, relationships } from '../../domain/people/relationships.ts';
import { isFindable, user } from '../../domain/people/user.ts';
import { friendshipOf, type PersonId } from '../../domain/shared/ids.ts';
import { charactersIn } from '../../domain/shared/text/text.ts';
import { friendshipStream, relationshipsStream, userStream } from '../../domain/shared/streams.ts';
import { personOfLogin } from '../accounts/sign-up.ts';
import type { Uses } from '../handling/dependencies.ts';
import { parseText, type MentionInText } from './parse-text.ts';

/** `namesAreOurs`: of a text from elsewhere they are not, and whoever has such a name here is not meant. */
type Written = { readonly author: PersonId; readonly text: string; readonly namesAreOurs: boolean };

/** Undefined where the text speaks of nothing of the kind. */
export async function entitiesOf(dependencies: Uses<'logins'>, { author, text, namesAreOurs }: Written): Promise<PostEntities | undefined> {
  if (charactersIn(text) > POST_LENGTH_MAX_CHARACTERS) return undefined; // it will be refused
  const { links, mentions: written, hashtags } = parseText(text);
  const mentions = namesAreOurs ? await mentionedBy(dependencies, author, written) : [];
  if (links.length + mentions.length + hashtags.length === 0) return undefined;
  return { ...(links.length > 0 && { links }), ...(mentions.length > 0 && { mentions }), ...(hashtags.length > 0 && { hashtags }) };
}

/** Each name is looked up once, however often it is written. */
async function mentionedBy(dependencies: Uses<'logins'>, author: PersonId, written: readonly MentionInText[]): Promise<readonly MentionEntity[]> {
  const looked = new Map<string, Promise<PersonId | undefined>>();
  const lookUp = (name: string): Promise<PersonId | undefined> => {
    const found = looked.get(name) ?? findMentioned(dependencies, author, name);
    looked.set(name, found);
    return found;
  };
  const mentions = await Promise.all(
    written.map(async ({ from, names }): Promise<readonly MentionEntity[]> => {
      for (const { name, to } of names) {
        const person = await lookUp(name);
        if (person !== undefined) return [{ from, to, person }];
      }
      return [];
    }),
  );
  return mentions.flat();
}

async function findMentioned(dependencies: Uses<'logins'>, author: PersonId, name: string): Promise<PersonId | undefined> {
  const { loadState } = dependencies;
  const person = await personOfLogin(dependencies, name);
  if (person === undefined || person === author) return person;
  const [mentioned, mine, theirs] = await Promise.all([
    loadState(user, userStream(person)),
    loadState(relationships, relationshipsStream(author)),
    loadState(relationships, relationshipsStream(person)),
  ]);
  const relation = relationBetween({ person: author, relationships: mine.state }, { person, relationships: theirs.state });
  if (mentioned.state.status !== 'registered' || relation !== 'clear') return undefined;
  if (isFindable(mentioned.state)) return person;
  const pair = await loadState(friendship, friendshipStream(friendshipOf(author, person)));
  return pair.state.status === 'friends' ? person : undefined;
}
