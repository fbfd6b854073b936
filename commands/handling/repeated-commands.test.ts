/** Every command, repeated an hour later in a process that knows nothing but the log: it gets its first result, and nothing is appended. */
import test from 'ava';
import { v7 } from 'uuid';
import type { AppId, ChannelId, DeviceId, FriendshipId, NotificationId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { HOUR_MS, plus } from '../../domain/shared/instant.ts';
import type { Commands } from '../commands.ts';
import type { CommandContext } from './command-context.ts';
import { givenCommands, inEnglish } from '../test-fixture.ts';
import type { CommandResult } from './results.ts';

/** The ids that the commands are about; each step may add one. */
type Ids = {
  ann: PersonId;
  bob: PersonId;
  cleo: PersonId;
  post: PostId;
  channel: ChannelId;
  group: ChannelId;
  request: FriendshipId;
  app: AppId;
  notification: NotificationId;
};
type StepResult = CommandResult | { readonly handled: CommandResult; readonly id?: string };
type Execute = (commands: Commands, ids: Ids, context: CommandContext) => Promise<StepResult>;
type Step = readonly [name: string, actor: (ids: Ids) => string, execute: Execute, keep?: keyof Ids];

const ann = (ids: Ids) => ids.ann;
const bob = (ids: Ids) => ids.bob;
const app = (ids: Ids) => `app:${ids.app}`;
const login = (name: string) => () => `login:${name}`;
const phone = 'phone' as DeviceId;
const signUp =
  (name: string): Execute =>
  (commands, _, context) =>
    commands.signUp({ loginName: name, name, password: 'a long password' }, context);

/** In an order in which each of them changes something. */
const STEPS: readonly Step[] = [
  ['signUp ann', login('ann'), signUp('ann'), 'ann'],
  ['signUp bob', login('bob'), signUp('bob'), 'bob'],
  ['signUp cleo', login('cleo'), signUp('cleo'), 'cleo'],
  ['changeProfile', ann, (c, { ann: person }, x) => c.changeProfile({ person, about: 'sails' }, x)],
  ['setContact', ann, (c, { ann: person }, x) => c.setContact({ person, kind: 'email', address: 'ann@example.org' }, x)],
  ['removeContact', ann, (c, { ann: person }, x) => c.removeContact({ person, kind: 'email' }, x)],
  ['registerDevice', bob, (c, { bob: person }, x) => c.registerDevice({ person, device: phone, platform: 'fcm', token: 't' }, x)],
  ['setPreferences, out', ann, (c, { ann: person }, x) => c.setPreferences({ person, choices: [{ category: 'news', channel: '*', wanted: false }] }, x)],
  ['setPreferences, in', ann, (c, { ann: person }, x) => c.setPreferences({ person, choices: [{ category: 'news', channel: '*', wanted: true }] }, x)],
  [
    'setPreferences, digests',
    ann,
    (c, { ann: person }, x) => c.setPreferences({ person, digests: [{ category: 'news', channel: '*', rule: { kind: 'after-first', minutes: 30 } }] }, x),
  ],
  [
    'setPreferences, quiet hours',
    ann,
    (c, { ann: person }, x) => c.setPreferences({ person, quietHours: { zone: 'Europe/Berlin', from: '22:00', until: '07:00' } }, x),
  ],
  ['setPreferences, forgotten', ann, (c, { ann: person }, x) => c.setPreferences({ person, choices: [{ category: 'news', channel: '*', wanted: null }] }, x)],
  ['changePrivacy', ann, (c, { ann: person }, x) => c.changePrivacy({ person, privacy: { invisible: true } }, x)],
  ['setPreferences, none', ann, (c, { ann: person }, x) => c.setPreferences({ person, quietHours: null }, x)],
  ['requestFriend', ann, (c, { ann: person, bob: other }, x) => c.requestFriend({ person, other }, x), 'request'],
  ['acceptFriend', bob, (c, { bob: person, request }, x) => c.acceptFriend({ person, request }, x)],
  ['removeFriend', ann, (c, { ann: person, bob: other }, x) => c.removeFriend({ person, other }, x)],
  ['requestFriend again', ann, (c, { ann: person, bob: other }, x) => c.requestFriend({ person, other }, x)],
  ['refuseFriend', bob, (c, { bob: person, request }, x) => c.refuseFriend({ person, request }, x)],
  ['requestFriend once more', ann, (c, { ann: person, bob: other }, x) => c.requestFriend({ person, other }, x)],
  ['withdrawFriend', ann, (c, { ann: person, request }, x) => c.withdrawFriend({ person, request }, x)],
  ['follow', ann, (c, { ann: person, bob: other }, x) => c.follow({ person, other }, x)],
  ['mute', ann, (c, { ann: person, bob: other }, x) => c.mute({ person, other }, x)],
  ['unmute', ann, (c, { ann: person, bob: other }, x) => c.unmute({ person, other }, x)],
  ['unfollow', ann, (c, { ann: person, bob: other }, x) => c.unfollow({ person, other }, x)],
  ['block', ann, (c, { ann: person, cleo: other }, x) => c.block({ person, other }, x)],
  ['unblock', ann, (c, { ann: person, cleo: other }, x) => c.unblock({ person, other }, x)],
  ['publishPost', ann, (c, { ann: author }, x) => c.publishPost({ author, text: 'a post' }, x), 'post'],
  ['publishPost, a reply', bob, (c, { bob: author, post: replyTo }, x) => c.publishPost({ author, text: 'a reply', replyTo }, x)],
  ['editPost', ann, (c, { ann: author, post }, x) => c.editPost({ author, post, text: 'a better post' }, x)],
  ['likePost', bob, (c, { bob: person, post }, x) => c.likePost({ person, post }, x)],
  ['unlikePost', bob, (c, { bob: person, post }, x) => c.unlikePost({ person, post }, x)],
  ['openDirectChannel', ann, (c, { ann: person, bob: other }, x) => c.openDirectChannel({ person, other }, x), 'channel'],
  ['openGroupChannel', ann, (c, { ann: person, bob: other }, x) => c.openGroupChannel({ person, members: [other], title: 'Harbour' }, x), 'group'],
  ['renameChannel', ann, (c, { ann: person, group: channel }, x) => c.renameChannel({ person, channel, title: 'Pier' }, x)],
  ['describeChannel', ann, (c, { ann: person, group: channel }, x) => c.describeChannel({ person, channel, description: 'At the pier' }, x)],
  ['setChannelHistory', ann, (c, { ann: person, group: channel }, x) => c.setChannelHistory({ person, channel, history: 'since-joining' }, x)],
  ['createInvitationLink', ann, (c, { ann: person, group: channel }, x) => c.createInvitationLink({ person, channel, usesMax: 2 }, x)],
  ['acceptMessageRequest', bob, (c, { bob: person, channel }, x) => c.acceptMessageRequest({ person, channel }, x)],
  ['acceptInvitation', bob, (c, { bob: person, group: channel }, x) => c.acceptInvitation({ person, channel }, x)],
  ['addMember', ann, (c, { ann: person, group: channel, cleo: member }, x) => c.addMember({ person, channel, member }, x)],
  ['refuseInvitation', (ids) => ids.cleo, (c, { cleo: person, group: channel }, x) => c.refuseInvitation({ person, channel }, x)],
  ['addMember, again', ann, (c, { ann: person, group: channel, cleo: member }, x) => c.addMember({ person, channel, member }, x)],
  ['withdrawInvitation', ann, (c, { ann: person, group: channel, cleo: member }, x) => c.withdrawInvitation({ person, channel, member }, x)],
  ['addMember, once more', ann, (c, { ann: person, group: channel, cleo: member }, x) => c.addMember({ person, channel, member }, x)],
  ['acceptInvitation, once more', (ids) => ids.cleo, (c, { cleo: person, group: channel }, x) => c.acceptInvitation({ person, channel }, x)],
  ['setMemberRole', ann, (c, { ann: person, group: channel, bob: member }, x) => c.setMemberRole({ person, channel, member, role: 'admin' }, x)],
  ['removeMember', ann, (c, { ann: person, group: channel, cleo: member }, x) => c.removeMember({ person, channel, member }, x)],
  ['leaveChannel', bob, (c, { bob: person, group: channel }, x) => c.leaveChannel({ person, channel }, x)],
  ['postMessage', ann, (c, { ann: sender, channel }, x) => c.postMessage({ channel, sender, text: 'hello', clientId: 'one' }, x)],
  ['editMessage', ann, (c, { ann: person, channel }, x) => c.editMessage({ channel, person, message: 0, text: 'hullo' }, x)],
  ['reactToMessage', bob, (c, { bob: person, channel }, x) => c.reactToMessage({ channel, person, message: 0, emoji: '👍', change: 'added' }, x)],
  ['markRead', bob, (c, { bob: person, channel }, x) => c.markRead({ person, channel, seq: 0 }, x)],
  ['chooseChannelLevel', bob, (c, { bob: person, channel }, x) => c.chooseChannelLevel({ person, channel, level: 'mentions' }, x)],
  ['muteChannel', bob, (c, { bob: person, channel }, x) => c.muteChannel({ person, channel }, x)],
  ['unmuteChannel', bob, (c, { bob: person, channel }, x) => c.unmuteChannel({ person, channel }, x)],
  ['withdrawMessage', ann, (c, { ann: person, channel }, x) => c.withdrawMessage({ channel, person, message: 0 }, x)],
  ['deletePost', ann, (c, { ann: author, post }, x) => c.deletePost({ author, post }, x)],
  ['registerApp', () => 'admin-token', (c, _, x) => c.registerApp({ name: 'Ferry' }, x), 'app'],
  [
    'declareCategory',
    app,
    (c, { app: id }, x) =>
      c.declareCategory(
        { app: id, category: 'departures', defaultLocale: 'en', locales: { en: { title: 'Departures' } }, mandatory: false, byDefault: 'in' },
        x,
      ),
  ],
  ['removeCategory', app, (c, { app: id }, x) => c.removeCategory({ app: id, category: 'Departures' }, x)],
  ['enrol', bob, (c, { bob: person, app: id }, x) => c.enrol({ person, app: id }, x)],
  ['publishTemplate', app, (c, { app: id }, x) => c.publishTemplate({ app: id, ...inEnglish({ body: 'Gate {{ gate }}' }) }, x)],
  ['publishPartial', app, (c, { app: id }, x) => c.publishPartial({ app: id, name: 'frame', body: '<p>' }, x)],
  [
    'requestNotification',
    app,
    (c, { app: id, bob: to }, x) =>
      c.requestNotification({ source: { kind: 'app', app: id }, recipients: [to], category: 'departures', content: { body: 'Boarding' } }, x),
    'notification',
  ],
  ['cancelNotification', app, (c, { app: id, notification }, x) => c.cancelNotification({ notification, app: id }, x)],
  ['withdrawEnrolment', bob, (c, { bob: person, app: id }, x) => c.withdrawEnrolment({ person, app: id }, x)],
  ['rotateSecret', () => 'admin-token', (c, { app: id }, x) => c.rotateSecret({ app: id }, x)],
  ['disableApp', () => 'admin-token', (c, { app: id }, x) => c.disableApp({ app: id }, x)],
  ['invalidateDevice', bob, (c, { bob: person }, x) => c.invalidateDevice({ person, device: phone, reason: 'removed-by-person' }, x)],
  ['erasePerson', (ids) => ids.cleo, (c, { cleo: person }, x) => c.erasePerson({ person }, x)],
];

test('every command that is repeated gets its first result and appends nothing', async (t) => {
  t.timeout(120_000);
  await using given = await givenCommands();
  const ids = {} as Ids;
  const first = given.process();
  const executed: {
    readonly name: string;
    readonly key: string;
    readonly execute: Execute;
    readonly actor: string;
    readonly result: StepResult;
    readonly ids: Ids;
  }[] = [];
  for (const [name, actorOf, execute, keep] of STEPS) {
    const [key, actor] = [v7(), actorOf(ids)];
    const result = await execute(first.commands, { ...ids }, given.context(actor, { key, type: name }));
    t.is(handledOf(result).outcome, 'appended', `${name}: ${JSON.stringify(result)}`);
    executed.push({ name, key, execute, actor, result, ids: { ...ids } });
    if (keep !== undefined && 'handled' in result) Object.assign(ids, { [keep]: result.id });
  }
  const head = await given.log.head('main');
  const restarted = given.process();
  for (const { name, key, execute, actor, result, ids: before } of executed) {
    const repeated = await execute(restarted.commands, before, given.context(actor, { key, type: name, at: plus(given.now, HOUR_MS) }));
    t.deepEqual(handledOf(repeated), { ...handledOf(result), repeated: true, firstAt: given.now, events: [] } as never, name);
    if ('handled' in result && 'handled' in repeated) t.is(repeated.id, result.id, name);
  }
  t.is(await given.log.head('main'), head);
});

const handledOf = (result: StepResult): CommandResult => ('handled' in result ? result.handled : result);
