/** The events of the apps that request notifications. */
import type { SealingOf } from '../../shared/event.ts';
import type { AppId } from '../../shared/ids.ts';

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

/** `app-<appKey>`. The secret is in the vault. */
export type AppEvent =
  | { readonly type: 'notifications.app-registered.v1'; readonly data: { readonly app: AppId; readonly name: string } }
  | { readonly type: 'notifications.secret-rotated.v1'; readonly data: { readonly app: AppId } }
  | { readonly type: 'notifications.app-disabled.v1'; readonly data: { readonly app: AppId } }
  /** Replaces the identity before it as a whole. */
  | { readonly type: 'notifications.sender-identity-set.v1'; readonly data: { readonly app: AppId; readonly identity: SenderIdentity } };

export const appSealing: SealingOf<AppEvent> = {
  'notifications.app-registered.v1': {},
  'notifications.secret-rotated.v1': {},
  'notifications.app-disabled.v1': {},
  'notifications.sender-identity-set.v1': {},
};
