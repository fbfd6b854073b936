import type {
  AccountSecurityEvent,
  RelationshipsEvent,
  ContactsEvent,
  FriendshipEvent,
  LoginEvent,
  PreferencesEvent,
  PushTokenEvent,
  UserEvent,
} from '../../people/events.ts';
import type { AppId, DeviceId, EndpointId, FactorId, PersonId } from '../../shared/ids.ts';
import { at, type Samples } from '../samples.ts';

const ann = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const bob = '7d1b8a44-2f4e-5c0b-8f3e-94f1a3c7b002' as PersonId;
const app = 'shop-7Qm3' as AppId;
const device = 'c1b0a9d8-phone' as DeviceId;
const token = 'e-3f9a1c' as EndpointId;
const home = 'e-77b2d0' as EndpointId;
const factor = '5a8d0e3b-41c7-4f0a-8a9e-6d2f7b1c0e94' as FactorId;
const login = '5b41362bc82b7f3d56edc5a306db22105707d01ff4819e26faef9724a2d406c9';

export const loginSamples: Samples<LoginEvent> = {
  'people.login-claimed.v1': { person: ann, at },
  'people.login-freed.v1': { person: ann },
};

export const userSamples: Samples<UserEvent> = {
  'people.registered.v1': { name: 'Ann Ålund', login },
  'people.profile-changed.v1': { name: 'Ann', about: 'Sings in two choirs.', timeZone: 'Europe/Stockholm' },
  'people.person-erased.v1': { login },
};

export const accountSecuritySamples: Samples<AccountSecurityEvent> = {
  'people.password-changed.v1': { by: 'reset' },
  'people.second-factor-added.v1': { factor, kind: 'totp' },
  'people.recovery-codes-made.v1': {},
  'people.recovery-code-used.v1': {},
  'people.second-factor-removed.v1': { factor },
};

export const contactsSamples: Samples<ContactsEvent> = {
  'people.contact-set.v1': { kind: 'email', endpoint: home, address: 'ann@example.org' },
  'people.contact-confirmed.v1': { kind: 'email', endpoint: home },
  'people.contact-blocked.v1': { endpoint: home, reason: 'hard-bounce' },
  'people.contact-unblocked.v1': { endpoint: home },
  'people.contact-removed.v1': { kind: 'email', endpoint: home },
  'people.device-registered.v1': { device, endpoint: token, platform: 'fcm', token: 'fcm:AbC-123', app, at },
  'people.device-invalidated.v1': { device, endpoint: token, reason: 'token-unregistered' },
};

export const pushTokenSamples: Samples<PushTokenEvent> = {
  'people.push-token-claimed.v1': {
    person: bob,
    device: 'd4e5f6a7-phone' as DeviceId,
    endpoint: 'e-5c20b7' as EndpointId,
    from: { person: ann, device, endpoint: token },
    at,
  },
};

export const preferencesSamples: Samples<PreferencesEvent> = {
  'people.opted-out.v1': { category: 'news', channel: 'sms' },
  'people.opted-in.v1': { category: 'news', channel: '*' },
  'people.choice-cleared.v1': { app, category: 'news', channel: 'sms' },
  'people.quiet-hours-set.v1': { zone: 'Europe/Stockholm', from: '22:00', until: '07:00' },
  'people.quiet-hours-cleared.v1': {},
  'people.digest-set.v1': { category: 'news', channel: 'email', rule: { kind: 'time-of-day', time: '08:00' } },
  'people.digest-cleared.v1': { category: 'news', channel: 'email' },
  'people.enrolled.v1': { app },
  'people.withdrawn.v1': { app },
  'people.privacy-changed.v1': { readReceipts: false, presence: 'friends', invisible: true },
};

export const relationshipsSamples: Samples<RelationshipsEvent> = {
  'people.followed.v1': { person: bob },
  'people.unfollowed.v1': { person: bob },
  'people.muted.v1': { person: bob },
  'people.unmuted.v1': { person: bob },
  'people.blocked.v1': { person: bob },
  'people.unblocked.v1': { person: bob },
  'people.friend-slot-taken.v1': { friend: bob, round: 1, at },
  'people.friend-slot-freed.v1': { friend: bob, round: 1 },
};

export const friendshipSamples: Samples<FriendshipEvent> = {
  'people.friend-requested.v1': { from: ann, to: bob, round: 1 },
  'people.friend-refused.v1': { from: ann, to: bob, round: 1 },
  'people.friend-withdrawn.v1': { from: ann, to: bob, round: 2 },
  'people.friend-accepted.v1': { from: ann, to: bob, round: 3 },
  'people.friend-removed.v1': { by: bob, other: ann, round: 3 },
};
