/** People who are invited count as well, so that an invitation can always be accepted. */
export const CHANNEL_MEMBERS_MAX = 100;
/** Of an announcement channel, whose messages are fetched and not delivered; a setting may say another. */
export const ANNOUNCEMENT_MEMBERS_MAX = 10_000;
/** Invitations that wait for an answer: they are an array of the channel's document, which an announcement channel keeps short. Links have no such end. */
export const INVITATIONS_MAX = 200;
