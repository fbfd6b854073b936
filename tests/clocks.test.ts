/**
 * Durations are measured by a clock that nobody sets (`performance.now`, passed on as `monotonicMs`), so that nothing stands still for an
 * hour where the clock of the day is set back by one. The clock of the day is for moments that people are shown, and for moments that
 * the log, the vault, the views or a client know, which other processes and other days compare too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['app', 'cli', 'commands', 'domain', 'edge', 'event-store', 'gateway', 'ports', 'projections', 'read-api', 'workers', 'write-api'];
const NOT_PRODUCTION = /\.test\.ts$|(^|\/)(test-fixture|contract)\.ts$|(^|\/)(testing|fault-injection|faults)\//;

/** Where the process's clock of the day is read; everything else is given `clock`. */
const READS_THE_CLOCK: Readonly<Record<string, string>> = {
  'app/start.ts': 'the clock of a process',
  'app/control/open-for-cli.ts': 'the clock of the command line',
  'app/control/reading/worker.ts': 'the clock of a thread that reads',
  'app/backup/restore-backup.ts': 'the clock of the command line',
  'app/replay/build-views.ts': 'the clock of the command line',
  'app/replay/replay.ts': 'the time up to which something is known',
  'app/replay/servers.ts': 'the clock of the command line',
  'app/migrate/destroy-old.ts': 'the clock of the command line',
  'app/event-store-role.ts': 'the time from which a certificate is valid',
  'app/standalone/nothing-to-call.ts': 'the clock of a listener without routes',
  'cli/import/import-mastodon.ts': 'the time before which ids of posts are, and at which imported ones are given',
  'cli/import/import-slack.ts': 'the time before which imported messages are',
  'event-store/open.ts': 'the time at which events are created',
  'event-store/grpc/server.ts': 'times that clients are shown, and their deadlines',
  'ports/job-queue/bull-worker.ts': 'when a retry is due, as Bull tells it all processes',
  'ports/media/folder.ts': 'the age of a file',
  'ports/presence/memory.ts': 'the moments that people are shown, where no other clock is given',
  'workers/media/left-behind.ts': 'the age of a folder',
};

/** Where a moment is compared with the present, or moved from it: each is known outside this process. */
const COMPARES_MOMENTS: Readonly<Record<string, string>> = {
  'app/operator-page/operator-session.ts': 'the end of a session, in the cookie, which another process may have issued',
  'app/control/tracing/trace-events.ts': 'the age of an event',
  'app/start-checks/check-clock.ts': 'the moment of the newest event',
  'app/start-checks/log-epoch.ts': 'the moment of a restore, which the operator names',
  'app/telemetry/tracing/tracing.ts': 'moments that a collector is shown',
  'commands/handling/recent-commands.ts': 'the age of an event',
  'edge/auth/app-signature.ts': 'the age of a signature',
  'edge/auth/token-keys.ts': 'the age of a signing key, in the vault',
  'edge/auth/tokens.ts': 'the end of a token, or of a ticket',
  'gateway/presence/moments.ts': 'a moment that people are shown, from a measured duration',
  'gateway/wire-gateway.ts': 'the end of a token',
  'ports/presence/memory.ts': 'a moment that people are shown, from a measured duration',
  'ports/sender/apns/provider-token.ts': 'the age of a token, which Apple counts',
  'ports/sender/apns/sender.ts': 'the expiry of a push, which Apple is told',
  'ports/sender/fcm/access-token.ts': 'the validity of what Google is shown',
  'ports/sender/retry-after.ts': 'a date that a vendor says',
  'ports/sender/sendgrid/callbacks.ts': 'the age of what SendGrid signed',
  'ports/sender/sendgrid/sender.ts': 'a date that a vendor says',
  'projections/rollout/lag.ts': 'the age of an event',
  'read-api/media/export-urls.ts': 'the end of an address that its owner holds',
  'read-api/media/media-urls.ts': 'the end of an address that readers hold',
  'read-api/routes/exports/exports.ts': 'the end of an export, in the log',
  'workers/chat/publish-chat.ts': 'the age of an event',
  'workers/chat/push-unread.ts': 'the age of a message',
  'workers/chat/schedule-pushes.ts': 'the age of a message, and open work in the views',
  'workers/jobs/steady-clock.ts': 'how far the clock of the day ran, beside the one that nobody sets',
  'workers/exports/make-exports.ts': 'the age of an export that nobody has gone on with',
  'workers/feed/active-followers.ts': 'when an author was counted last, in the views',
  'workers/feed/fan-out.ts': 'open work in the views',
  'workers/feed/friend-posted.ts': 'open work in the views',
  'workers/feed/imported-posts.ts': 'open work in the views',
  'workers/feed/purge-media.ts': 'the age of an event, and open work in the views',
  'workers/feed/turn-to-pull.ts': 'open work in the views',
  'workers/media/abandoned-uploads.ts': 'the age of a piece, in the store of media',
  'workers/media/prepare.ts': 'open work in the views',
  'workers/media/unused.ts': 'open work in the views, and the moment of an event',
  'workers/notifications/deliver/deliver.ts': 'deadlines and expiries in the log',
  'workers/notifications/deliver/prepare-message.ts': 'the expiry of a notification',
  'workers/notifications/deliver/record-outcome.ts': 'a deadline in the log',
  'workers/notifications/lists/campaign-jobs.ts': 'open work in the views',
  'workers/notifications/lists/plan-range.ts': 'when the next range of a campaign is due, in the log',
  'workers/notifications/plan/failed-recipients.ts': 'open work in the views, and the expiry of a notification',
  'workers/notifications/plan/plan-notifications.ts': 'open work in the views',
  'workers/notifications/publish-notifications.ts': 'the age of an event',
  'workers/notifications/tell/message-now.ts': 'the age of a message',
  'workers/people/abandoned-logins.ts': 'open work in the views',
  'workers/people/abandoned-reservations.ts': 'open work in the views',
  'workers/people/erase-activity.ts': 'open work in the views, and the moment of an erasure',
  'workers/previews/preview-links.ts': 'the age of an event, and open work in the views',
};

const DATE_NOW = /\bDate\.now\b/;
const CLOCK = String.raw`[\w.]*\bclock\(\)`;
const COMPARISON = new RegExp(
  [
    String.raw`\bplus\(${CLOCK},`,
    String.raw`\bmsBetween\([^;]*${CLOCK}`,
    String.raw`\bepochMs\(${CLOCK}\)`,
    String.raw`[<>]=? ${CLOCK}`,
    String.raw`${CLOCK} [<>]=?`,
    String.raw`\bepochMs\(now\)`,
  ].join('|'),
);

const modules = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
    .filter((file) => !NOT_PRODUCTION.test(file)),
);

const codeOf = (file: string): string =>
  readFileSync(join(ROOT, file), 'utf8')
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');

const matching = (pattern: RegExp): readonly string[] => modules.filter((file) => pattern.test(codeOf(file))).toSorted();

test('the clock of the day is read in one place of a process, and passed on', (t) => {
  t.deepEqual(matching(DATE_NOW), Object.keys(READS_THE_CLOCK).toSorted());
});

test('the clock of the day is compared only with moments that are known outside the process', (t) => {
  t.deepEqual(matching(COMPARISON), Object.keys(COMPARES_MOMENTS).toSorted());
});
