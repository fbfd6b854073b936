/**
 * Which commands write something that others see, for whom, and what of a day's they take: these are admitted first
 * (`moderation/admission.ts`). A test holds that every command is either here or in `FREE`.
 */
import { channel } from '../domain/chat/channel.ts';
import type { Attachment } from '../domain/media/attachments.ts';
import { channelStream } from '../domain/shared/streams.ts';
import type { PersonId } from '../domain/shared/ids.ts';
import type { addMember, openDirectChannel, openGroupChannel, renameChannel } from './chat/channels.ts';
import type { describeChannel, setChannelPicture } from './chat/groups.ts';
import type { createInvitationLink, joinByInvitationLink } from './chat/invitation-links.ts';
import type { editMessage, postMessage, reactToMessage } from './chat/messages.ts';
import type { pinMessage } from './chat/pins.ts';
import type { setDisappearing } from './chat/disappearing.ts';
import type { changeScheduledMessage, scheduleMessage } from './chat/later/scheduled-messages.ts';
import { areFriends } from './chat/newcomers.ts';
import type { likePost, reactToPost } from './feed/likes.ts';
import type { editPost, publishPost } from './feed/posts.ts';
import type { changeScheduledPost, schedulePost } from './feed/scheduled-posts.ts';
import type { requestExport } from './exports/exports.ts';
import type { sharePost } from './feed/shares.ts';
import type { CommandContext } from './handling/command-context.ts';
import { directChannelOf } from './handling/deterministic-ids.ts';
import type { LoadState } from './handling/handle.ts';
import type { CommandResult } from './handling/results.ts';
import type { endUpload } from './media/media.ts';
import type { Admit, AskedAdmission } from './moderation/admission.ts';
import type { report } from './moderation/reports.ts';
import type { requestFriend } from './people/friendships.ts';
import type { changeProfile } from './people/profile.ts';

type Dependencies = { readonly loadState: LoadState };
type Bound = (...parts: never[]) => (...given: never[]) => unknown;
/** Undefined: nobody else sees anything of this one. */
type Ask<Command extends Bound> = (
  request: Parameters<ReturnType<Command>>[0],
  dependencies: Dependencies,
) => AskedAdmission | undefined | Promise<AskedAdmission | undefined>;

type Asked = {
  readonly publishPost: Ask<typeof publishPost>;
  readonly editPost: Ask<typeof editPost>;
  readonly schedulePost: Ask<typeof schedulePost>;
  readonly changeScheduledPost: Ask<typeof changeScheduledPost>;
  readonly sharePost: Ask<typeof sharePost>;
  readonly endUpload: Ask<typeof endUpload>;
  readonly likePost: Ask<typeof likePost>;
  readonly reactToPost: Ask<typeof reactToPost>;
  readonly requestFriend: Ask<typeof requestFriend>;
  readonly changeProfile: Ask<typeof changeProfile>;
  readonly openDirectChannel: Ask<typeof openDirectChannel>;
  readonly openGroupChannel: Ask<typeof openGroupChannel>;
  readonly addMember: Ask<typeof addMember>;
  readonly renameChannel: Ask<typeof renameChannel>;
  readonly describeChannel: Ask<typeof describeChannel>;
  readonly setChannelPicture: Ask<typeof setChannelPicture>;
  readonly createInvitationLink: Ask<typeof createInvitationLink>;
  readonly joinByInvitationLink: Ask<typeof joinByInvitationLink>;
  readonly setDisappearing: Ask<typeof setDisappearing>;
  readonly postMessage: Ask<typeof postMessage>;
  readonly scheduleMessage: Ask<typeof scheduleMessage>;
  readonly changeScheduledMessage: Ask<typeof changeScheduledMessage>;
  readonly editMessage: Ask<typeof editMessage>;
  readonly reactToMessage: Ask<typeof reactToMessage>;
  readonly pinMessage: Ask<typeof pinMessage>;
  readonly requestExport: Ask<typeof requestExport>;
  readonly report: Ask<typeof report>;
};

export const ASKED: Asked = {
  publishPost: ({ author: person, text, replyTo, media }) => ({
    ...(replyTo === undefined
      ? ({ person, activity: 'posts', content: { kind: 'post', text } } as const)
      : ({ person, activity: 'replies', content: { kind: 'reply', text } } as const)),
    alts: altsOf(media),
  }),
  // An edit is no new post, and may say again what was said; but whom it mentions is told.
  editPost: ({ author: person, text }) => ({ person, activity: 'edits', content: { kind: 'post', text }, mayRepeat: true }),
  // As posts they are counted when they are published.
  schedulePost: ({ author: person, text, media }) => ({
    person,
    activity: 'scheduled-posts',
    content: { kind: 'post', text },
    alts: altsOf(media),
    mayRepeat: true,
  }),
  changeScheduledPost: ({ author: person, text, media }) => ({ person, content: { kind: 'post', text }, alts: altsOf(media) }),
  sharePost: ({ person }) => ({ person, activity: 'posts' }),
  endUpload: ({ owner: person }) => ({ person, activity: 'uploads' }),
  likePost: ({ person }) => ({ person }),
  reactToPost: ({ person }) => ({ person }),
  requestFriend: ({ person }) => ({ person, activity: 'friend-requests' }),
  changeProfile: ({ person, name, about, picture }) => (name === undefined && about === undefined && !picture ? undefined : { person }),
  openDirectChannel: async ({ person, other }, { loadState }) => {
    const { state } = await loadState(channel, channelStream(directChannelOf(person, other)));
    return state.status === 'open' ? { person } : strangersAmong(loadState, person, [other]);
  },
  openGroupChannel: ({ person, members }, { loadState }) => strangersAmong(loadState, person, members),
  addMember: ({ person, member }, { loadState }) => strangersAmong(loadState, person, [member]),
  renameChannel: ({ person }) => ({ person }),
  describeChannel: ({ person }) => ({ person }),
  setChannelPicture: ({ person, picture }) => (picture === null ? undefined : { person, alts: altsOf([picture]) }),
  createInvitationLink: ({ person }) => ({ person }),
  joinByInvitationLink: ({ person }) => ({ person }),
  setDisappearing: ({ person }) => ({ person }),
  postMessage: ({ sender: person }) => ({ person }),
  scheduleMessage: ({ sender: person }) => ({ person, activity: 'scheduled-messages' }),
  changeScheduledMessage: ({ sender: person }) => ({ person }),
  editMessage: ({ person }) => ({ person }),
  reactToMessage: ({ person, change }) => (change === 'removed' ? undefined : { person }),
  pinMessage: ({ person }) => ({ person }),
  // Nobody else sees it: it is work, of which a day has so much.
  requestExport: ({ person }) => ({ person, activity: 'exports', evenSuspended: true }),
  report: ({ person }) => ({ person, activity: 'reports', evenSuspended: true }),
};

type Command = (request: unknown, context: CommandContext) => Promise<CommandResult>;

/** The command as it is, or one that is admitted first. */
export function admittedCommand(name: string, command: unknown, { admit, ...dependencies }: Dependencies & { readonly admit: Admit | undefined }): unknown {
  const ask = (ASKED as Readonly<Record<string, Ask<Bound> | undefined>>)[name];
  if (ask === undefined || admit === undefined) return command;
  const run = command as Command;
  return async (request: never, context: CommandContext) => {
    const asked = await ask(request, dependencies);
    return asked === undefined ? run(request, context) : admit(asked, context, (admitted) => run(request, admitted));
  };
}

const altsOf = (media: readonly Attachment[] = []): readonly string[] => media.flatMap(({ alt }) => alt ?? []);

/** More are refused by the command itself. */
const STRANGERS_COUNTED_MAX = 200;

/** Each person who is no friend takes one of the day's. */
async function strangersAmong(loadState: LoadState, person: PersonId, people: readonly PersonId[]): Promise<AskedAdmission> {
  const others = [...new Set(people)].filter((other) => other !== person).slice(0, STRANGERS_COUNTED_MAX);
  const friends = await Promise.all(others.map((other) => areFriends(loadState, person, other)));
  const times = friends.filter((isFriend) => !isFriend).length;
  return times === 0 ? { person } : { person, activity: 'strangers', times };
}
