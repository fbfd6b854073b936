/** The events of a person, in six streams: login, user, account security, contacts, preferences and relationships; of a pair of people: friendship; and of a push token. */
import type { PostMedia } from '../media/media-facts.ts';
import type { ActingAs } from '../operators/roles.ts';
import type { Personal, SealingOf } from '../shared/event.ts';
import type { AppId, DeviceId, EndpointId, FactorId, FriendshipId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { ChosenAbout } from './preferences/chosen-about.ts';
import type { DigestRule } from './preferences/digest-rule.ts';
import type { Privacy } from './preferences/privacy.ts';
import type { FactorKind } from './factor-kinds.ts';
import type { ContactKind, NotificationChannel, Platform } from './notification-channels.ts';

/** `loginStream`: the person who may log in by this name. */
export type LoginEvent =
  | { readonly type: 'people.login-claimed.v1'; readonly data: { readonly person: PersonId; readonly at: Instant } }
  | { readonly type: 'people.login-freed.v1'; readonly data: { readonly person: PersonId } };

/** `userStream` */
export type UserEvent =
  | { readonly type: 'people.registered.v1'; readonly data: { readonly name: Personal<string>; readonly login: string /* the HMAC, not the name */ } }
  | {
      readonly type: 'people.profile-changed.v1';
      readonly data: {
        readonly name?: Personal<string>;
        readonly about?: Personal<string>;
        /** Null: there is none any more. */
        readonly picture?: Personal<PostMedia | null>;
        readonly timeZone?: string;
        /** As `languageOf` spells it. */
        readonly language?: Personal<string>;
        /** As `countryOf` spells it. */
        readonly country?: Personal<string>;
        /** Whether others find the person by name or login name. Where no event says it, they do. */
        readonly findable?: boolean;
        /** The moderator who took it away: the person is told. Absent: the person changed it. */
        readonly clearedBy?: ActingAs;
      };
    }
  | { readonly type: 'people.person-erased.v1'; readonly data: { readonly login: string } };

/** `old-password`: by who knew it. `reset`: by a code that was sent to a confirmed address. `claim`: by the link that a person without a password was given. */
export type PasswordChangedBy = 'old-password' | 'reset' | 'claim';

/** `accountSecurityStream`: what protects an account. The secrets themselves are in the vault. */
export type AccountSecurityEvent =
  | { readonly type: 'people.password-changed.v1'; readonly data: { readonly by: PasswordChangedBy } }
  | { readonly type: 'people.second-factor-added.v1'; readonly data: { readonly factor: FactorId; readonly kind: FactorKind } }
  | { readonly type: 'people.second-factor-removed.v1'; readonly data: { readonly factor: FactorId } }
  /** Earlier ones are good for nothing any more. */
  | { readonly type: 'people.recovery-codes-made.v1'; readonly data: Record<string, never> }
  | { readonly type: 'people.recovery-code-used.v1'; readonly data: Record<string, never> };

/**
 * `session-ended`: logged out on the device; `token-claimed`: the token was registered for another device, perhaps another person's;
 * `too-many-devices`: it made room for a newer one.
 */
export type EndpointLoss = 'replaced' | 'removed-by-person' | 'token-unregistered' | 'session-ended' | 'token-claimed' | 'too-many-devices';
export type HardBlock = 'stop' | 'hard-bounce' | 'complaint';

/** `contactsStream`: where a person can be reached. An endpoint is an id; its address or token is sealed here and stored nowhere else. */
export type ContactsEvent =
  | {
      readonly type: 'people.contact-set.v1';
      readonly data: {
        readonly kind: ContactKind;
        readonly endpoint: EndpointId;
        readonly address: Personal<string>;
        /** Of a telephone number, as `countryOf` spells it. Absent in older events, and where the number has none. */
        readonly country?: Personal<string>;
        /** Nothing but a code is sent to it until it is confirmed. Absent in older events, whose addresses are in use. */
        readonly unconfirmed?: true;
      };
    }
  /** In use from now on, in place of an earlier one. */
  | { readonly type: 'people.contact-confirmed.v1'; readonly data: { readonly kind: ContactKind; readonly endpoint: EndpointId } }
  | { readonly type: 'people.contact-removed.v1'; readonly data: { readonly kind: ContactKind; readonly endpoint: EndpointId } }
  | { readonly type: 'people.contact-blocked.v1'; readonly data: { readonly endpoint: EndpointId; readonly reason: HardBlock } }
  | { readonly type: 'people.contact-unblocked.v1'; readonly data: { readonly endpoint: EndpointId } }
  | {
      readonly type: 'people.device-registered.v1';
      readonly data: {
        readonly device: DeviceId;
        readonly endpoint: EndpointId;
        readonly platform: Platform;
        readonly token: Personal<string>;
        readonly app?: AppId;
        /** A digest of the session that registered it, so that logging out there ends the registration. */
        readonly session?: string;
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'people.device-invalidated.v1';
      readonly data: { readonly device: DeviceId; readonly endpoint: EndpointId; readonly reason: EndpointLoss };
    };

export type PushTokenOwner = { readonly person: PersonId; readonly device: DeviceId; readonly endpoint: EndpointId };

/** `pushTokenStream`: the device that a push token belongs to, whoever's it is: the last that registered it. */
export type PushTokenEvent = {
  readonly type: 'people.push-token-claimed.v1';
  readonly data: PushTokenOwner & {
    /** The owner before. */
    readonly from?: PushTokenOwner;
    /** Later than the claim before. */
    readonly at: Instant;
  };
};

/** Of notifications of one app, or of all of them where `app` is absent. `*` is every category, or every channel. */
type ChoiceData = { readonly app?: AppId; readonly category: string; readonly channel: NotificationChannel | '*' };

/** `preferencesStream`: the notifications a person wants, and when; and what others learn of the person. */
export type PreferencesEvent =
  | { readonly type: 'people.opted-out.v1'; readonly data: ChoiceData }
  | { readonly type: 'people.opted-in.v1'; readonly data: ChoiceData }
  /** What is less close decides again. */
  | { readonly type: 'people.choice-cleared.v1'; readonly data: ChoiceData }
  | {
      readonly type: 'people.quiet-hours-set.v1';
      readonly data: { readonly zone: string; readonly from: string /* 22:00, inclusive */; readonly until: string /* 07:00, exclusive */ };
    }
  | { readonly type: 'people.quiet-hours-cleared.v1'; readonly data: Record<string, never> }
  | { readonly type: 'people.digest-set.v1'; readonly data: ChosenAbout & { readonly rule: DigestRule } }
  /** The app's own rule, or one that is less close, holds again. */
  | { readonly type: 'people.digest-cleared.v1'; readonly data: ChosenAbout }
  | { readonly type: 'people.enrolled.v1'; readonly data: { readonly app: AppId } }
  | { readonly type: 'people.withdrawn.v1'; readonly data: { readonly app: AppId } }
  /** What it doesn't name stays as it is. */
  | { readonly type: 'people.privacy-changed.v1'; readonly data: Partial<Privacy> };

/** `relationshipsStream`: the people a person follows, mutes and blocks, and the places reserved among their friends (`friend-slot-…`). */
export type RelationshipsEvent =
  | { readonly type: 'people.followed.v1'; readonly data: { readonly person: PersonId } }
  | { readonly type: 'people.unfollowed.v1'; readonly data: { readonly person: PersonId } }
  | { readonly type: 'people.muted.v1'; readonly data: { readonly person: PersonId } }
  | { readonly type: 'people.unmuted.v1'; readonly data: { readonly person: PersonId } }
  | { readonly type: 'people.blocked.v1'; readonly data: { readonly person: PersonId } }
  | { readonly type: 'people.unblocked.v1'; readonly data: { readonly person: PersonId } }
  | { readonly type: 'people.friend-slot-taken.v1'; readonly data: { readonly friend: PersonId; readonly round: number; readonly at: Instant } }
  | { readonly type: 'people.friend-slot-freed.v1'; readonly data: { readonly friend: PersonId; readonly round: number } };

/** `friendshipStream`. `round` counts the requests of the pair, and their reservations carry it too, so that the end of an old request never releases the reservation of a new one. */
export type FriendshipEvent =
  | { readonly type: 'people.friend-requested.v1'; readonly data: { readonly from: PersonId; readonly to: PersonId; readonly round: number } }
  | { readonly type: 'people.friend-accepted.v1'; readonly data: { readonly from: PersonId; readonly to: PersonId; readonly round: number } }
  | { readonly type: 'people.friend-refused.v1'; readonly data: { readonly from: PersonId; readonly to: PersonId; readonly round: number } }
  | { readonly type: 'people.friend-withdrawn.v1'; readonly data: { readonly from: PersonId; readonly to: PersonId; readonly round: number } }
  | {
      readonly type: 'people.friend-removed.v1';
      readonly data: { readonly by: PersonId; readonly other: PersonId; readonly round: number };
    };

export type PeopleEvent =
  LoginEvent | UserEvent | AccountSecurityEvent | ContactsEvent | PushTokenEvent | PreferencesEvent | RelationshipsEvent | FriendshipEvent;

/** A friend request is named by its pair: at most one is open between two people. */
export type FriendRequestId = FriendshipId;

export const peopleSealing: SealingOf<PeopleEvent> = {
  'people.login-claimed.v1': {},
  'people.login-freed.v1': {},
  'people.registered.v1': { name: '$key' },
  'people.profile-changed.v1': { name: '$key', about: '$key', picture: '$key', language: '$key', country: '$key' },
  'people.person-erased.v1': {},
  'people.password-changed.v1': {},
  'people.second-factor-added.v1': {},
  'people.second-factor-removed.v1': {},
  'people.recovery-codes-made.v1': {},
  'people.recovery-code-used.v1': {},
  'people.contact-set.v1': { address: '$key', country: '$key' },
  'people.contact-confirmed.v1': {},
  'people.contact-removed.v1': {},
  'people.contact-blocked.v1': {},
  'people.contact-unblocked.v1': {},
  'people.device-registered.v1': { token: '$key' },
  'people.device-invalidated.v1': {},
  'people.push-token-claimed.v1': {},
  'people.opted-out.v1': {},
  'people.opted-in.v1': {},
  'people.choice-cleared.v1': {},
  'people.quiet-hours-set.v1': {},
  'people.quiet-hours-cleared.v1': {},
  'people.digest-set.v1': {},
  'people.digest-cleared.v1': {},
  'people.enrolled.v1': {},
  'people.withdrawn.v1': {},
  'people.privacy-changed.v1': {},
  'people.followed.v1': {},
  'people.unfollowed.v1': {},
  'people.muted.v1': {},
  'people.unmuted.v1': {},
  'people.blocked.v1': {},
  'people.unblocked.v1': {},
  'people.friend-slot-taken.v1': {},
  'people.friend-slot-freed.v1': {},
  'people.friend-requested.v1': {},
  'people.friend-accepted.v1': {},
  'people.friend-refused.v1': {},
  'people.friend-withdrawn.v1': {},
  'people.friend-removed.v1': {},
};
