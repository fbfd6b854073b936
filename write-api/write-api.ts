/** The write API: HTTP for commands. It responds from the log, never from a view. */
import type { Health } from '../edge/http/health.ts';
import type { EdgeDependencies } from '../edge/http/mount-routes.ts';
import { openApiOf, type ApiInfo } from '../edge/docs/openapi.ts';
import { overrideLimits, type LimitOverrides } from '../edge/http/limit-overrides.ts';
import type { Route } from '../edge/http/routes.ts';
import { positionTokens } from '../edge/position-tokens.ts';
import { startHttpServer, type HttpServer, type HttpServerConfig } from '../edge/http/server.ts';
import { FIRST_EPOCH, type LogEpoch } from '../ports/event-log/port.ts';
import { createLoginAttempts, type LoginRateLimit } from './accounts/login-attempts.ts';
import { accountSecurityRoutes } from './routes/account-security.ts';
import { beaconRoutes } from './receipts/beacons.ts';
import { createRecordBehind } from './receipts/record-behind.ts';
import { trackedLinkRoutes } from './receipts/tracked-links.ts';
import { unsubscribeRoutes } from './receipts/unsubscribe.ts';
import { callbackRoutes } from './receipts/callbacks.ts';
import type { VendorCallbacks } from './receipts/vendor-callbacks.ts';
import { partRoutes } from './routes/subscriptions/parts.ts';
import { webhookRoutes } from './receipts/webhooks.ts';
import { appKeyRoutes } from './routes/notifications/app-keys.ts';
import { appRoutes } from './routes/notifications/apps.ts';
import { channelRoutes } from './routes/chat/channels.ts';
import { disappearingRoutes } from './routes/chat/disappearing.ts';
import { relationshipRoutes } from './routes/relationships.ts';
import { contactRoutes } from './routes/contacts.ts';
import type { WriteDependencies } from './dependencies.ts';
import { deviceRoutes } from './routes/devices.ts';
import { friendRoutes } from './routes/friends.ts';
import { groupRoutes } from './routes/chat/groups.ts';
import { invitationLinkRoutes } from './routes/chat/invitation-links.ts';
import { invitationRoutes } from './routes/chat/invitations.ts';
import { WRITE_LIMITS } from './limits.ts';
import { messageRoutes } from './routes/chat/messages.ts';
import { pinRoutes } from './routes/chat/pins.ts';
import { listRoutes } from './routes/notifications/lists.ts';
import { categoryRoutes } from './routes/notifications/categories.ts';
import { notificationRoutes } from './routes/notifications/notifications.ts';
import { accountClaimRoutes } from './routes/account-claims.ts';
import { passwordResetRoutes } from './routes/password-resets.ts';
import { peopleRoutes } from './routes/people.ts';
import { uploadRoutes } from './media/uploads.ts';
import { UPLOAD_BYTES_MAX } from './media/limits.ts';
import { postRoutes } from './routes/feed/posts.ts';
import { scheduledMessageRoutes } from './routes/chat/scheduled-messages.ts';
import { scheduledPostRoutes } from './routes/feed/scheduled-posts.ts';
import { shareRoutes } from './routes/feed/shares.ts';
import { centreRoutes } from './routes/notifications/centre.ts';
import { preferenceRoutes } from './routes/notifications/preferences.ts';
import { privacyRoutes } from './routes/privacy.ts';
import { scheduleRoutes } from './routes/notifications/schedules.ts';
import { exportRoutes } from './routes/exports/exports.ts';
import { reportRoutes } from './routes/moderation/reports.ts';
import { routingRoutes } from './routes/notifications/routing.ts';
import { secondFactorRoutes } from './routes/second-factors.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { templateRoutes } from './routes/notifications/templates.ts';
import { WRITE_TAGS } from './tags.ts';

export type WriteApiDependencies = Omit<
  WriteDependencies,
  'limits' | 'quotaCounts' | 'positions' | 'loginAttempts' | 'region' | 'uploadBytesMax' | 'vendorCallbacks' | 'recordBehind'
> &
  EdgeDependencies &
  Health & {
    readonly rateLimit: LoginRateLimit;
    /** None where it is absent. */
    readonly vendorCallbacks?: VendorCallbacks;
    /** Of the log; the first where it is absent. */ readonly epoch?: LogEpoch;
  };

export type WriteApiConfig = HttpServerConfig & {
  readonly region: string;
  readonly limits?: LimitOverrides;
  readonly uploadBytesMax?: number;
};

export async function startWriteApi(dependencies: WriteApiDependencies, config: WriteApiConfig): Promise<HttpServer> {
  const limits = overrideLimits(WRITE_LIMITS, config.limits);
  const { report } = dependencies;
  await using starting = new AsyncDisposableStack();
  // Ends last: what was answered before is still recorded.
  const recordBehind = starting.use(
    createRecordBehind({ onDropped: (error) => report({ type: 'request-failed', operationId: 'followLink', requestId: 'behind', error }) }),
  );
  const routes = writeRoutes({
    ...dependencies,
    recordBehind,
    limits,
    positions: positionTokens(dependencies.epoch ?? FIRST_EPOCH),
    quotaCounts: { rateLimit: dependencies.rateLimit, onUnavailable: (limit, error) => report({ type: 'limit-unavailable', limit, error }) },
    loginAttempts: createLoginAttempts({ ...dependencies, limits }),
    region: config.region,
    uploadBytesMax: config.uploadBytesMax ?? UPLOAD_BYTES_MAX,
    vendorCallbacks: dependencies.vendorCallbacks ?? { publicUrl: undefined, accounts: [] },
  });
  const { url, port } = starting.use(await startHttpServer({ ...dependencies, routes, document: openApiOf(routes, WRITE_API) }, config));
  const started = starting.move();
  return { url, port, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

export const writeRoutes = (dependencies: WriteDependencies): readonly Route[] =>
  [
    peopleRoutes,
    sessionRoutes,
    accountSecurityRoutes,
    passwordResetRoutes,
    accountClaimRoutes,
    secondFactorRoutes,
    deviceRoutes,
    contactRoutes,
    preferenceRoutes,
    privacyRoutes,
    friendRoutes,
    relationshipRoutes,
    uploadRoutes,
    postRoutes,
    shareRoutes,
    scheduledPostRoutes,
    scheduledMessageRoutes,
    reportRoutes,
    channelRoutes,
    invitationRoutes,
    groupRoutes,
    disappearingRoutes,
    invitationLinkRoutes,
    messageRoutes,
    exportRoutes,
    pinRoutes,
    appRoutes,
    appKeyRoutes,
    routingRoutes,
    categoryRoutes,
    templateRoutes,
    centreRoutes,
    notificationRoutes,
    scheduleRoutes,
    listRoutes,
    callbackRoutes,
    beaconRoutes,
    unsubscribeRoutes,
    webhookRoutes,
    partRoutes,
    trackedLinkRoutes,
  ].flatMap((routesOf) => routesOf(dependencies));

export const WRITE_API: ApiInfo = {
  title: 'Tidings write API',
  version: '1.0.0',
  description: [
    'Send commands to Tidings. Each command is appended to the log before it is acknowledged, and its response names its place in the log.',
    '',
    '- **Try again safely.** Send an `Idempotency-Key`. If you lose the response, send the same request with the same key again: it takes effect once, and you get the first response.',
    '- **Read your own writes.** Send the `position` of the response as `Min-Position` with a query of the read API.',
    '- **A log that was restored.** A position from before is refused as `position-of-another-log`: forget what you hold, and fetch again without it.',
    '- **Texts.** Lengths in characters count Unicode code points. A text needs a character that can be seen; names and titles are one line.',
    '- **Ids.** Send a UUID in either letter case; responses have it in lower case.',
    '- **Problems.** Every refusal is a problem (RFC 9457) with a `code`. If it has a `Retry-After` header, wait that long and try again.',
  ].join('\n'),
  tags: WRITE_TAGS,
};
