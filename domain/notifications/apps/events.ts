/** The events of the apps that request notifications. */
import type { SealingOf } from '../../shared/event.ts';
import type { AppId, AppKeyId } from '../../shared/ids.ts';

/**
 * In whose name an app's messages go out, by vendor or channel; what is absent is the account's own. `sms.from`: a number in E.164, a
 * sender name of at most eleven letters and digits, or a vendor's messaging service. `apns.topic`: the app's bundle id. `webPush.subject`: a
 * mailto: or https: address that browsers' push services may turn to.
 */
export type SenderIdentity = {
  readonly email?: { readonly from: string; readonly name?: string; readonly replyTo?: string };
  readonly sms?: { readonly from: string };
  readonly apns?: { readonly topic: string };
  readonly fcm?: { readonly project: string };
  readonly webPush?: { readonly subject: string };
};

/** What a key of an app may do. The app's secret may do everything: what is not listed here, such as setting a webhook, it alone may. */
export const APP_SCOPES = ['send', 'templates', 'lists', 'read'] as const;
export type AppScope = (typeof APP_SCOPES)[number];

/**
 * What reaches beyond what is the app's own: an operator alone gives it to a key, and no secret has it. `projections:<name>`: the documents of
 * a projection, without what people wrote in them; `personal-fields`: that as well.
 */
export type DataScope = `projections:${string}` | 'personal-fields';
export type KeyScope = AppScope | DataScope;
export const isDataScope = (scope: KeyScope): scope is DataScope => scope === 'personal-fields' || scope.startsWith('projections:');

/** How much an app may ask for; what is absent is not limited. A request counts as one, and each person in it as a recipient. */
export type AppQuota = {
  readonly requestsPerHour?: number;
  readonly requestsPerDay?: number;
  readonly recipientsPerHour?: number;
  readonly recipientsPerDay?: number;
};

/** `sandbox`: its messages go to the outbox alone, from its first to its last. */
type AppRegistered = { readonly app: AppId; readonly name: string; readonly sandbox?: true };

/** `app-<appKey>`. The secret is in the vault. */
export type AppEvent =
  | { readonly type: 'notifications.app-registered.v1'; readonly data: AppRegistered }
  | { readonly type: 'notifications.secret-rotated.v1'; readonly data: { readonly app: AppId } }
  | { readonly type: 'notifications.app-disabled.v1'; readonly data: { readonly app: AppId } }
  /** A key beside the app's secret, which may do less. Its own secret is in the vault. */
  | {
      readonly type: 'notifications.app-key-added.v1';
      readonly data: { readonly app: AppId; readonly key: AppKeyId; readonly name: string; readonly scopes: readonly KeyScope[] };
    }
  | { readonly type: 'notifications.app-key-removed.v1'; readonly data: { readonly app: AppId; readonly key: AppKeyId } }
  /** Replaces the quota before it as a whole. */
  | { readonly type: 'notifications.app-quota-set.v1'; readonly data: { readonly app: AppId; readonly quota: AppQuota } }
  /** Replaces the identity before it as a whole. */
  | { readonly type: 'notifications.sender-identity-set.v1'; readonly data: { readonly app: AppId; readonly identity: SenderIdentity } };

export const appSealing: SealingOf<AppEvent> = {
  'notifications.app-registered.v1': {},
  'notifications.secret-rotated.v1': {},
  'notifications.app-disabled.v1': {},
  'notifications.sender-identity-set.v1': {},
  'notifications.app-key-added.v1': {},
  'notifications.app-key-removed.v1': {},
  'notifications.app-quota-set.v1': {},
};
