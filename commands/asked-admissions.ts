/**
 * Which commands write something that others see, for whom, and what of a day's they take: these are admitted first
 * (`moderation/admission.ts`). A test holds that every command is either here or in `FREE`.
 */
import { channel } from '../domain/chat/channel.ts';
import { channelStream } from '../domain/shared/streams.ts';
import type { PersonId } from '../domain/shared/ids.ts';
import { areFriends } from './chat/newcomers.ts';
import type { Commands } from './commands.ts';
import type { CommandContext } from './handling/command-context.ts';
import { directChannelOf } from './handling/deterministic-ids.ts';
import type { LoadState } from './handling/handle.ts';
import type { CommandResult } from './handling/results.ts';
import type { Admit, AskedAdmission } from './moderation/admission.ts';

type Dependencies = { readonly loadState: LoadState };
type RequestOf<Name extends keyof Commands> = Commands[Name] extends (request: infer Request, ...rest: never[]) => unknown ? Request : never;
/** Undefined: nobody else sees anything of this one. */
type Ask<Name extends keyof Commands> = (
  request: RequestOf<Name>,
  dependencies: Dependencies,
) => AskedAdmission | undefined | Promise<AskedAdmission | undefined>;

export const ASKED = {
  publishPost: ({ author: person, text, replyTo }) =>
    replyTo === undefined ? { person, activity: 'posts', content: { kind: 'post', text } } : { person, activity: 'replies', content: { kind: 'reply', text } },
  // An edit is no new post: its words are checked, and are not counted.
  editPost: ({ author: person, text }) => ({ person, content: { kind: 'post', text } }),
  sharePost: ({ person }) => ({ person, activity: 'posts' }),
  likePost: ({ person }) => ({ person }),
  requestFriend: ({ person }) => ({ person, activity: 'friend-requests' }),
  changeProfile: ({ person, name, about }) => (name === undefined && about === undefined ? undefined : { person }),
  openDirectChannel: async ({ person, other }, { loadState }) => {
    const { state } = await loadState(channel, channelStream(directChannelOf(person, other)));
    return state.status === 'open' ? { person } : strangersAmong(loadState, person, [other]);
  },
  openGroupChannel: ({ person, members }, { loadState }) => strangersAmong(loadState, person, members),
  addMember: ({ person, member }, { loadState }) => strangersAmong(loadState, person, [member]),
  renameChannel: ({ person }) => ({ person }),
  postMessage: ({ sender: person }) => ({ person }),
  editMessage: ({ person }) => ({ person }),
  reactToMessage: ({ person, change }) => (change === 'removed' ? undefined : { person }),
  report: ({ person }) => ({ person, activity: 'reports', evenSuspended: true }),
} satisfies { readonly [Name in keyof Commands]?: Ask<Name> };

type Command = (request: unknown, context: CommandContext) => Promise<CommandResult>;

/** The command as it is, or one that is admitted first. */
export function admittedCommand(name: string, command: unknown, { admit, ...dependencies }: Dependencies & { readonly admit: Admit | undefined }): unknown {
  const ask = (ASKED as Readonly<Record<string, Ask<never> | undefined>>)[name];
  if (ask === undefined || admit === undefined) return command;
  const run = command as Command;
  return async (request: never, context: CommandContext) => {
    const asked = await ask(request, dependencies);
    return asked === undefined ? run(request, context) : admit(asked, context, (admitted) => run(request, admitted));
  };
}

/** More are refused by the command itself. */
const STRANGERS_COUNTED_MAX = 200;

/** Each person who is no friend takes one of the day's. */
async function strangersAmong(loadState: LoadState, person: PersonId, people: readonly PersonId[]): Promise<AskedAdmission> {
  const others = [...new Set(people)].filter((other) => other !== person).slice(0, STRANGERS_COUNTED_MAX);
  const friends = await Promise.all(others.map((other) => areFriends(loadState, person, other)));
  const times = friends.filter((isFriend) => !isFriend).length;
  return times === 0 ? { person } : { person, activity: 'strangers', times };
}
