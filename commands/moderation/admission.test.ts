import { randomUUID } from 'node:crypto';
import test from 'ava';
import { v7 } from 'uuid';
import type { ObjectKey } from '../../domain/media/media-facts.ts';
import type { MediaId, OperatorId, PersonId } from '../../domain/shared/ids.ts';
import { HOUR_MS, plus } from '../../domain/shared/instant.ts';
import { reactionStream, relationshipsStream } from '../../domain/shared/streams.ts';
import { ContentCheckUnavailable, type ContentCheck } from '../../ports/content-check/port.ts';
import { wordList } from '../../ports/content-check/word-list.ts';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import { RateLimitUnavailable, type RateLimit } from '../../ports/rate-limit/port.ts';
import { ASKED } from '../asked-admissions.ts';
import { befriend, codeOf, eventsIn, givenCommands, signUp, type CommandsFixture } from '../test-fixture.ts';
import { createAdmission, NEW_ACCOUNT_HOURS, type AdmissionConfig } from './admission.ts';

const by = 'mod' as OperatorId;
const SECRET = Buffer.from('a secret of this test');
/** As of a process that is gone by then. */
const never = () => Promise.resolve();
const ROOMY = { 'same-text': { points: 1_000, windowSeconds: 600 } };

type Options = AdmissionConfig & {
  readonly contentChecks?: readonly ContentCheck[];
  readonly rateLimit?: Pick<RateLimit, 'take' | 'takeOnce' | 'refund' | 'refundOnce'>;
};

async function processOf(given: CommandsFixture, { contentChecks, rateLimit, ...config }: Options = {}) {
  const counts = rateLimit ?? (await startMemoryRateLimit());
  const admit = ({ loadState }: { readonly loadState: Parameters<typeof createAdmission>[0]['loadState'] }) =>
    createAdmission({ log: given.log, codec: given.codec, loadState, rateLimit: counts, secret: SECRET, ...(contentChecks && { contentChecks }) }, config);
  return given.process(given.log, { admit });
}

test('who is suspended can’t write, and reads, takes back and ends what is theirs', async (t) => {
  await using given = await givenCommands();
  const { commands } = await processOf(given);
  const process = { ...given.process(), commands };
  const [ann, bob, cyd] = [await signUp(given, process, 'ann'), await signUp(given, process, 'bob'), await signUp(given, process, 'cyd')];
  await befriend(given, process, [ann, bob]);
  const { id: channel } = await commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const { id: theirs } = await commands.publishPost({ author: bob, text: 'Sun.' }, given.context(bob));
  const key = v7();
  const published = await commands.publishPost({ author: ann, text: 'Rain.' }, given.context(ann, { key, body: 'Rain.' }));
  await commands.likePost({ person: ann, post: theirs }, given.context(ann));
  await commands.suspendPerson({ person: ann, by, violation: 'spam' }, given.context('operator:mod'));

  const refused = {
    publish: (await commands.publishPost({ author: ann, text: 'More rain.' }, given.context(ann))).handled,
    edit: await commands.editPost({ author: ann, post: published.id, text: 'Less rain.' }, given.context(ann)),
    like: await commands.likePost({ person: ann, post: published.id }, given.context(ann)),
    friend: (await commands.requestFriend({ person: ann, other: cyd }, given.context(ann))).handled,
    open: (await commands.openDirectChannel({ person: ann, other: cyd }, given.context(ann))).handled,
    message: await commands.postMessage({ channel, sender: ann, text: 'hi', clientId: 'c' }, given.context(ann)),
    name: await commands.changeProfile({ person: ann, name: 'Not Ann' }, given.context(ann)),
  };
  for (const [what, handled] of Object.entries(refused)) t.is(codeOf(handled), 'suspended-for-good', what);
  t.is(codeOf(await commands.unlikePost({ person: ann, post: theirs }, given.context(ann))), 'appended');
  t.is(codeOf(await commands.changeProfile({ person: ann, timeZone: 'Asia/Seoul' }, given.context(ann))), 'appended');
  t.is(codeOf(await commands.markRead({ person: ann, channel, seq: 0 }, given.context(ann))) === 'suspended-for-good', false);
  const again = await commands.publishPost({ author: ann, text: 'Rain.' }, given.context(ann, { key, body: 'Rain.' }));
  t.is(again.id, published.id, 'whoever lost an answer learns what became of the command');
  t.true(again.handled.outcome === 'appended' && again.handled.repeated);
  t.is(codeOf(await commands.deletePost({ author: ann, post: published.id }, given.context(ann))), 'appended');

  await commands.liftSuspension({ person: ann, by }, given.context('operator:mod'));
  t.is(codeOf((await commands.publishPost({ author: ann, text: 'Sun.' }, given.context(ann))).handled), 'appended');
});

test('a suspension holds in every process at once, and is over at its end', async (t) => {
  await using given = await givenCommands();
  const [one, other] = [await processOf(given), await processOf(given)];
  const ann = await signUp(given, one, 'ann');
  const until = plus(given.now, HOUR_MS);
  await one.commands.suspendPerson({ person: ann, by, violation: 'spam', until }, given.context('operator:mod'));
  const publish = (process: typeof one, at = given.now) =>
    process.commands.publishPost({ author: ann, text: 'Rain.' }, given.context(ann, { at, key: 'k' + at }));
  for (const process of [one, other]) t.is(codeOf((await publish(process)).handled), 'suspended');
  t.is(codeOf((await publish(other, until)).handled), 'appended');
});

test('a day allows so much, and a new account less; what comes to nothing takes nothing', async (t) => {
  await using given = await givenCommands();
  const limits = { ...ROOMY, 'posts-a-day': { points: 4, windowSeconds: 86_400 }, 'new-accounts-posts': { points: 2, windowSeconds: 86_400 } };
  const process = await processOf(given, { limits });
  const ann = await signUp(given, process, 'ann');
  const publish = async (text: string, at = given.now) =>
    codeOf((await process.commands.publishPost({ author: ann, text }, given.context(ann, { at, key: `${text} ${at}`, body: text }))).handled);
  t.is(await publish(' '), 'post-empty');
  t.is(await publish('one'), 'appended');
  t.is(await publish('one'), 'appended', 'the same command again is no other');
  t.is(await publish('two'), 'appended');
  t.is(await publish('three'), 'rate-limited');
  t.is(await publish('one'), 'appended', 'what was handled before is answered also beyond the limit');
  const grown = plus(given.now, NEW_ACCOUNT_HOURS * HOUR_MS);
  t.deepEqual([await publish('three', grown), await publish('four', grown), await publish('five', grown)], ['appended', 'appended', 'rate-limited']);
});

test('strangers take of the day’s, friends and open channels don’t', async (t) => {
  await using given = await givenCommands();
  const process = await processOf(given, { limits: { 'strangers-a-day': { points: 2, windowSeconds: 86_400 } } });
  const { commands } = process;
  const [ann, bob, ...others] = await Promise.all(['ann', 'bob', 'cyd', 'dan', 'eve'].map((name) => signUp(given, process, name)));
  const [cyd, dan, eve] = others as unknown as readonly [PersonId, PersonId, PersonId];
  await befriend(given, process, [ann, bob] as [PersonId, PersonId]);
  const open = async (other: PersonId) => codeOf((await commands.openDirectChannel({ person: ann as PersonId, other }, given.context(ann as string))).handled);
  t.is(
    codeOf((await commands.openGroupChannel({ person: ann as PersonId, members: [bob as PersonId, cyd, dan, eve] }, given.context(ann as string))).handled),
    'rate-limited',
  );
  t.deepEqual([await open(cyd), await open(bob as PersonId), await open(dan), await open(eve)], ['appended', 'appended', 'appended', 'rate-limited']);
  t.is(await open(cyd), 'unchanged');
});

test('the same text of the same person is refused for a while, however it is spelled, and kept nowhere', async (t) => {
  await using given = await givenCommands();
  const keys: string[] = [];
  await using counts = await startMemoryRateLimit();
  const rateLimit: Pick<RateLimit, 'take' | 'takeOnce' | 'refund' | 'refundOnce'> = {
    ...counts,
    take: (limit, key, points) => (keys.push(key), counts.take(limit, key, points)),
    takeOnce: (limit, key, operation) => (keys.push(key), counts.takeOnce(limit, key, operation)),
  };
  const process = await processOf(given, { rateLimit });
  const [ann, bob] = [await signUp(given, process, 'ann'), await signUp(given, process, 'bob')];
  const publish = async (author: PersonId, text: string) => codeOf((await process.commands.publishPost({ author, text }, given.context(author))).handled);
  t.is(await publish(ann, 'Buy my book'), 'appended');
  t.is(await publish(ann, ' buy  MY\nbook'), 'same-text');
  t.is(await publish(ann, 'Buy my other book'), 'appended');
  t.is(await publish(bob, 'Buy my book'), 'appended');
  t.false(keys.some((key) => /book/i.test(key)));
});

test('a command whose process was killed before it could append isn’t refused as its own repetition, and no other may say the same', async (t) => {
  await using given = await givenCommands();
  await using counts = await startMemoryRateLimit();
  const other = await processOf(given, { rateLimit: counts });
  const { loadState } = given.process();
  const killed = createAdmission({ ...given, loadState, rateLimit: { ...counts, refund: never, refundOnce: never }, secret: SECRET });
  const ann = await signUp(given, other, 'ann');
  const context = given.context(ann, { key: v7(), body: 'Rain.' });
  const publishing = { author: ann, text: 'Rain.' };
  const asked = { person: ann, activity: 'posts', content: { kind: 'post', text: publishing.text } } as const;
  await t.throwsAsync(
    killed(asked, context, () => Promise.reject(new Error('killed'))),
    { message: 'killed' },
  );
  t.is(codeOf((await other.commands.publishPost(publishing, given.context(ann))).handled), 'same-text');
  t.is(codeOf((await other.commands.publishPost(publishing, context)).handled), 'appended');
  t.is(codeOf((await other.commands.publishPost(publishing, context)).handled), 'appended', 'the first result again');
  t.is(codeOf((await other.commands.publishPost(publishing, given.context(ann))).handled), 'same-text');
});

test('two processes that are given the same text at once take it once', async (t) => {
  await using given = await givenCommands();
  await using rateLimit = await startMemoryRateLimit();
  const processes = [await processOf(given, { rateLimit }), await processOf(given, { rateLimit })];
  const ann = await signUp(given, processes[0] as (typeof processes)[number], 'ann');
  const codes = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const { commands } = processes[n % 2] as (typeof processes)[number];
      return codeOf((await commands.publishPost({ author: ann, text: 'Buy my book' }, given.context(ann))).handled);
    }),
  );
  t.deepEqual(codes.toSorted(), ['appended', ...Array.from({ length: 9 }, () => 'same-text')]);
});

test('words that the operator’s check refuses are not published, nor edited in', async (t) => {
  await using given = await givenCommands();
  const process = await processOf(given, { contentChecks: [wordList(['casino']), wordList(['lottery'])] });
  const ann = await signUp(given, process, 'ann');
  const publish = (text: string, replyTo?: Awaited<ReturnType<typeof process.commands.publishPost>>['id']) =>
    process.commands.publishPost({ author: ann, text, ...(replyTo !== undefined && { replyTo }) }, given.context(ann));
  const { id } = await publish('Rain.');
  for (const text of ['Casino!', 'A lottery']) {
    t.is(codeOf((await publish(text)).handled), 'content-refused');
    t.is(codeOf((await publish(text, id)).handled), 'content-refused');
    t.is(codeOf(await process.commands.editPost({ author: ann, post: id, text }, given.context(ann))), 'content-refused');
  }
});

test('what is said of pictures is checked as well, and may be said again', async (t) => {
  await using given = await givenCommands();
  const asked: string[] = [];
  const check: ContentCheck = { check: async ({ text }) => (asked.push(text), text.includes('scam') ? 'refused' : 'accepted') };
  const process = await processOf(given, { contentChecks: [check] });
  const ann = await signUp(given, process, 'ann');
  const picture = async () => {
    const media = randomUUID() as MediaId;
    const variants = [{ name: 'full', object: 'o' as ObjectKey, type: 'image/png', bytes: 1 }] as const;
    await process.commands.endUpload({ media, owner: ann, bytes: 1 }, given.context(ann));
    await process.commands.makeMediaReady({ media, facts: { kind: 'image', variants } }, given.context('system'));
    return media;
  };
  const post = async (alt: string) => ({ author: ann, text: '', media: [{ media: await picture(), alt }] });
  const publishAt = plus(given.now, HOUR_MS);
  t.is(codeOf((await process.commands.publishPost(await post('A scam'), given.context(ann))).handled), 'content-refused');
  t.is(codeOf((await process.commands.schedulePost({ ...(await post('A scam')), publishAt }, given.context(ann))).handled), 'content-refused');
  for (let n = 0; n < 2; n++) t.is(codeOf((await process.commands.publishPost(await post('A cat'), given.context(ann))).handled), 'appended');
  t.true(asked.includes('\nA cat'));
});

test('a person edits so often a day, and may say again what was said', async (t) => {
  await using given = await givenCommands();
  const process = await processOf(given, { limits: { 'new-accounts-edits': { points: 2, windowSeconds: 86_400 } } });
  const ann = await signUp(given, process, 'ann');
  const { id: post } = await process.commands.publishPost({ author: ann, text: 'Rain.' }, given.context(ann));
  const edit = async (text: string) => codeOf(await process.commands.editPost({ author: ann, post, text }, given.context(ann)));
  t.deepEqual([await edit('Sun.'), await edit('Rain.'), await edit('Snow.')], ['appended', 'appended', 'rate-limited']);
});

test('a person schedules so many posts a day, and the same text as often as they like', async (t) => {
  await using given = await givenCommands();
  const process = await processOf(given, { limits: { 'new-accounts-scheduled-posts': { points: 2, windowSeconds: 86_400 } } });
  const ann = await signUp(given, process, 'ann');
  const publishAt = plus(given.now, HOUR_MS);
  const schedule = async () => codeOf((await process.commands.schedulePost({ author: ann, text: 'Rain.', publishAt }, given.context(ann))).handled);
  t.deepEqual([await schedule(), await schedule(), await schedule()], ['appended', 'appended', 'rate-limited']);
  t.is(codeOf((await process.commands.publishPost({ author: ann, text: 'Rain.' }, given.context(ann))).handled), 'appended');
});

test('while the check is away it is published or refused, as the operator says, and a refused command is given again', async (t) => {
  await using given = await givenCommands();
  let isAway = true;
  const check: ContentCheck = { check: () => (isAway ? Promise.reject(new ContentCheckUnavailable('away')) : Promise.resolve('accepted')) };
  const [trusting, strict] = [await processOf(given, { contentChecks: [check] }), await processOf(given, { contentChecks: [check], unchecked: 'refuse' })];
  const ann = await signUp(given, trusting, 'ann');
  t.is(codeOf((await trusting.commands.publishPost({ author: ann, text: 'Rain.' }, given.context(ann))).handled), 'appended');
  const context = given.context(ann);
  t.is(codeOf((await strict.commands.publishPost({ author: ann, text: 'Sun.' }, context)).handled), 'content-unchecked');
  isAway = false;
  t.is(codeOf((await strict.commands.publishPost({ author: ann, text: 'Sun.' }, context)).handled), 'appended');
});

test('while the counts are away, nothing is held back', async (t) => {
  await using given = await givenCommands();
  const away = () => Promise.reject(new RateLimitUnavailable('away'));
  const process = await processOf(given, { rateLimit: { take: away, takeOnce: away, refund: away, refundOnce: away } });
  const ann = await signUp(given, process, 'ann');
  for (let n = 0; n < 3; n++) t.is(codeOf((await process.commands.publishPost({ author: ann, text: 'Rain.' }, given.context(ann))).handled), 'appended');
});

test('nothing of a command that is barred is in the log, also of one that writes to several streams', async (t) => {
  await using given = await givenCommands();
  const process = await processOf(given);
  const [ann, bob] = [await signUp(given, process, 'ann'), await signUp(given, process, 'bob')];
  const { id } = await process.commands.publishPost({ author: bob, text: 'Sun.' }, given.context(bob));
  await process.commands.suspendPerson({ person: ann, by, violation: 'spam' }, given.context('operator:mod'));
  await process.commands.likePost({ person: ann, post: id }, given.context(ann));
  await process.commands.requestFriend({ person: ann, other: bob }, given.context(ann));
  t.deepEqual([await eventsIn(given, reactionStream(id, ann)), await eventsIn(given, relationshipsStream(ann))], [[], []]);
});

/** What nobody else sees, takes something back, ends or protects one's own account, or isn't given by a person. */
const FREE = [
  'signUp findKnownDevice logIn authenticateAgain findLoginTicket enterSecondFactor listSecondFactors addTotp addWebAuthn confirmSecondFactor',
  'removeSecondFactor removeAllSecondFactors makeRecoveryCodes logOut listSessions endSessions changePassword askForPasswordReset resetPassword',
  'loginOfPerson erasePerson finishErasing freeAbandonedLogin setContact confirmContact drawCode removeContact registerDevice invalidateDevice',
  'invalidateEndpoint blockEndpoint unblockContact setPreferences enrol withdrawEnrolment changePrivacy acceptFriend refuseFriend withdrawFriend removeFriend',
  'releaseFriendReservation releaseAbandonedReservation follow unfollow mute unmute block unblock deletePost unlikePost leaveChannel removeMember',
  'acceptInvitation refuseInvitation withdrawInvitation acceptMessageRequest refuseMessageRequest acceptRequestBetweenFriends withdrawMessage',
  'cancelScheduledMessage beginScheduledMessage endScheduledMessage closeMessage finishWithdrawal unpinMessage',
  'closeMessage finishWithdrawal unpinMessage',
  'tellDisappeared destroyPastDays markRead beginIndexing muteChannel unmuteChannel chooseChannelLevel setMemberRole handOverChannel setChannelHistory revokeInvitationLink approveJoinRequest refuseJoinRequest withdrawJoinRequest noteChanges changePresence recordGatewayLoss registerApp getRouting setRoutingRules plugVendorOut plugVendorIn',
  'rotateSecret setSenderIdentity addAppKey removeAppKey setAppQuota holdPart releasePart getApp disableApp commandDigest requestDigest declareCategory removeCategory',
  'deleteExport recordExportPart finishExport endExport removeExport',
  'publishTemplate publishPartial previewTemplate recordTracked requestNotification cancelNotification forgetNotification createSchedule pauseSchedule resumeSchedule',
  'cancelSchedule previewSchedule advanceSchedule refuseOccurrence createList changeList changeListOfAnyApp removeList commandCampaign steerCampaign',
  'commandDelivery markNotification markNotificationsSeen markNotificationsRead recordCallbacks reportDelivery stopSms setWebhook',
  'rotateWebhookSecret removeWebhook webhookSecretsOf commandWebhookMessage replayWebhookMessage unsubscribe addOperator setOperatorRole',
  'rotateOperatorToken removeOperator findOperator listOperators readAudit appeal hidePost restorePost clearProfile suspendPerson liftSuspension dismissCase',
  'makeAccountClaim claimAccount loginOfClaim findPersonOfLogin countActiveFollowers finishTurn unsharePost cancelScheduledPost beginScheduledPost endScheduledPost importPerson importPost findImportedPost importFollow',
  'findEndedUpload importUpload importChannel importMember importMessages findImportedMessages endChannelImport makeMediaReady bookmarkPost removeBookmark takeReactionBack pinPost unpinPost unpinAllPosts keepFetchedPicture addPostPreview addMessagePreview refuseMedia beginMediaRemoval keepMedia removeMedia',
].flatMap((names) => names.split(' '));
/** Made of names, and no commands. */
const TOKENS = /(Of|In)$/;

test('every command that others see something of is admitted first', async (t) => {
  await using given = await givenCommands();
  const names = Object.keys(given.process().commands);
  const asked = Object.keys(ASKED);
  t.deepEqual(
    names.filter((name) => !asked.includes(name) && !FREE.includes(name) && !TOKENS.test(name)),
    [],
    'ask for it in commands/asked-admissions.ts, or say here that nobody else sees it',
  );
});
