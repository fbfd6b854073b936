/** An id is a string that can't be mistaken for another kind of id. None of them says anything about a person. */
type Id<Kind extends string> = string & { readonly kind: Kind };

export type PersonId = Id<'person'>;
export type EndpointId = Id<'endpoint'>;
export type DeviceId = Id<'device'>;
export type FriendshipId = Id<'friendship'>;
export type PostId = Id<'post'>;
/** A post that is to be published later. */
export type ScheduledPostId = Id<'scheduled-post'>;
export type ChannelId = Id<'channel'>;
/** A message that is to be sent later. */
export type ScheduledMessageId = Id<'scheduled-message'>;
export type InvitationLinkId = Id<'invitation-link'>;
/** A key of an app beside its secret. */
export type AppKeyId = Id<'app-key'>;
export type AppId = Id<'app'>;
export type NotificationId = Id<'notification'>;
export type DeliveryId = Id<'delivery'>;
export type TemplateId = Id<'template'>;
export type DigestId = Id<'digest'>;
export type ListId = Id<'list'>;
export type ScheduleId = Id<'schedule'>;
export type CodeId = Id<'code'>;
export type FactorId = Id<'factor'>;
export type OperatorId = Id<'operator'>;
/** Names what was reported. */
export type CaseId = Id<'case'>;
export type MediaId = Id<'media'>;
/** What a person takes with them. */
export type ExportId = Id<'export'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The one spelling of a UUID: it is written in lower case, and read in either (RFC 9562, 4). Any other text is its own. */
export const canonicalUuid = (text: string): string => (UUID.test(text) ? text.toLowerCase() : text);

/** A pair of people has one id, in whichever order they come: the lower id, a colon, the higher. */
export function friendshipOf(one: PersonId, other: PersonId): FriendshipId {
  return (one < other ? `${one}:${other}` : `${other}:${one}`) as FriendshipId;
}

export function peopleOf(friendship: FriendshipId): readonly [PersonId, PersonId] {
  const [lower = '', higher = ''] = friendship.split(':');
  return [lower as PersonId, higher as PersonId];
}
