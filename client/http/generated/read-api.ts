// Made of the server’s own document by `npm run client:types`; edit that, and not this.
export interface paths {
  '/v1/apps/{app}/deliveries': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Find deliveries of an app
     * @description Returns a page of the deliveries of the app’s notifications, the last planned first, each with its history. Each parameter narrows the search. A page may be shorter than `limit` though there are more.
     *
     *     A key of an app needs the scope `read`.
     *
     *     An operator needs the role `support` for this.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['findDeliveries'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/funnel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Count what became of an app’s notifications
     * @description Returns how many notifications the app requested, and how far their deliveries came. All deliveries of a notification count for the day for which it was requested, in UTC, whenever they were sent. Each stage counts the later ones too: what was clicked was opened, and what was opened was delivered. A later report corrects the counts of its day.
     *
     *     A key of an app needs the scope `read`.
     *
     *     An operator needs the role `viewer` for this.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getFunnel'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/webhook-messages': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the messages to an app’s webhook
     * @description Returns a page of the messages that have the status, in no order of time.
     *
     *     A key of an app needs the scope `read`.
     *
     *     An operator needs the role `viewer` for this.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getWebhookMessages'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/categories': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the categories of my app
     * @description Returns a page of the categories that your app has declared.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getCategories'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a channel
     * @description Returns a channel that you are a member of, with its members and how far each has read. Of an announcement channel these are the owner and the admins; `GET /v1/channels/{channel}/members` lists all.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getChannel'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/join-requests': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the people who ask to join a group
     * @description Returns the requests that wait for an answer, for the owner and the admins: at most 200.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getJoinRequests'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/links': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the invitation links of a group
     * @description Returns the links that were not revoked, for the owner and the admins. Their tokens were told when they were made.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getInvitationLinks'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/members': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the members of a channel
     * @description Returns a page of the members. Of an announcement channel only the owner and the admins see it.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMembers'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/messages': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the messages of a channel
     * @description Returns the newest messages, those before or after a `seq`, or those around a `seq` or a moment: there the message itself is in the middle, or the next one where there is none. A page begins with its oldest message; from it you can go on in both directions.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMessages'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/messages/{message}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a message
     * @description Returns one message of a channel that you are a member of.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMessage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/messages/{message}/edits': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List what a message said before, newest first
     * @description Returns the texts that a message had before it was edited, the last 100 of them. The present one is in the message. Of a message that was withdrawn or has disappeared there are none.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMessageEdits'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/messages/{message}/media/{place}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a picture or a file of a message
     * @description Messages have these addresses, signed for one reader and good for an hour; with your token you may ask without a signature. Either way you must be a member of the channel. Videos, recordings and files are offered to be saved. Ranges are answered.
     *
     *     Limit `media`: 60000 requests in 60 seconds.
     */
    get: operations['getMessageMedia'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/messages/{seq}/receipts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Count who has received and read a message
     * @description Returns how many of the other members who may read it have everything up to the message on a device of theirs, and have read it. What devices have received is remembered for about two days; a message of which nobody is known to have it was sent, and no more is known.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getReceipts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/picture/{tag}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the picture of a group
     * @description Channels have these addresses, signed for one reader and good for an hour; with your token you may ask without a signature. Either way you must be a member. Ranges are answered.
     *
     *     Limit `media`: 60000 requests in 60 seconds.
     */
    get: operations['getChannelPicture'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/pins': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the pinned messages of a channel
     * @description Returns the messages that are pinned, the last pinned one first. Those that were withdrawn, have disappeared or whose sender was erased are named in `gone`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPins'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/exports/{export}/archive': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Download an export
     * @description Exports that are ready have these addresses, in your list of them. One is signed, good for an hour, and no longer than the export can be had. The answer is a ZIP archive with pages of HTML, the same as NDJSON, and the pictures and videos; ranges are answered, so a download that was cut off goes on.
     *
     *     Limit `media`: 60000 requests in 60 seconds.
     */
    get: operations['getExportArchive'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/lists': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the lists of my app
     * @description Returns a page of your app’s lists, without their members.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getLists'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/lists/{list}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a list of my app
     * @description Returns a list with the number of its members.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getList'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/lists/{list}/members': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the members of a list
     * @description Returns a page of the ids of a list’s members, in the order of the ids.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getListMembers'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get my profile
     * @description Returns your own profile.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMe'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/blocks': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List people I block
     * @description Returns a page of the people that you block.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getBlocks'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/bookmarks': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the posts that I have bookmarked, the newest post first
     * @description Returns a page of the posts that you have bookmarked, as far as you may still see them. Nobody else learns which those are.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getBookmarks'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/chat-mentions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the messages that mention me, newest first
     * @description Returns a page of the messages that mention you, over all channels that you are a member of, read and unread ones. Withdrawn ones are left out.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getChatMentions'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/contacts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my contacts
     * @description Returns your email address and telephone number, whether they are confirmed, and whether they are blocked. One that is to replace another stands beside it until you confirm it.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getContacts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/devices': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my devices
     * @description Returns your registered devices. Their push tokens are not shown.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getDevices'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/exports': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my exports, newest first
     * @description Returns a page of the exports that you asked for: how far each has come, and where to download it once it is ready.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getExports'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/feed': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my feed, newest first
     * @description Returns a page of the posts of your friends, of the people that you follow, and of yourself. A page can have fewer posts than you asked for; the feed ends where `next` is null.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getFeed'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/feed/live': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Follow my feed
     * @description Streams the new posts of your feed. For those before `ready`, list your feed.
     *
     *     Limit `streams`: 300 requests in 60 seconds.
     */
    get: operations['followFeed'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/follows': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List people I follow
     * @description Returns a page of the people that you follow, without those whom you block or who block you.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getFollows'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/friend-requests': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my open friend requests
     * @description Returns the requests that you received and those that you sent: of each at most 500. Requests between you and a person whom you block, or who blocks you, are left out.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getFriendRequests'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/friends': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my friends
     * @description Returns a page of your friends, without those whom you block or who block you.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getFriends'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/inbox': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my channels, last active first
     * @description Returns a page of your channels with their unread messages.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getInbox'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/invitations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my invitations to groups
     * @description Returns the invitations that you have not answered: at most 100.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getInvitations'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/join-requests': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my requests to join groups
     * @description Returns your requests that wait for an answer: at most 100.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMyJoinRequests'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/media/{media}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Ask what became of an upload
     * @description Tells whether a picture, a video or a file of yours can be used in a post or a message, is still being prepared, or can’t be used and why.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMyMedia'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/mentions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the posts that mention me, newest first
     * @description Returns a page of the posts and replies that mention you and that you may see, without those of people whom you mute.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMentions'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/mutes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List people I mute
     * @description Returns a page of the people that you mute, without those whom you block or who block you.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMutes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/notifications': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my notifications, newest first
     * @description Returns a page of what stands in your notification centre, with the status of its deliveries to you. Notifications of messages and posts say what these say now; those of withdrawn or deleted ones, of people across a block, of posts of people you mute, of channels you left, and those that were cancelled are left out, so a page may be shorter than `limit`, or empty, though another one follows.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getMyNotifications'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/notifications/counts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Count my unread notifications
     * @description Returns how many notifications you would find unread in your notification centre, and how many of them you haven’t seen, by category too.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getNotificationCounts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/notifications/live': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Follow my notification centre
     * @description Streams what changes in your notification centre: what comes, and what you mark on any device. A client that connects again with the id of the last event, as a browser’s EventSource does by itself, gets all that has changed since. A browser gets in by a ticket (`POST /v1/me/live-tickets`).
     *
     *     Limit `streams`: 300 requests in 60 seconds.
     */
    get: operations['followNotifications'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/preferences': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get my preferences
     * @description Returns your choices, your quiet hours, the apps that may notify you, and which notifications you get as digests.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPreferences'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/preferences/page': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get what a preference page shows
     * @description Returns the categories by channel, of Tidings itself and of a page of the apps that may notify you, with what you chose and what holds; your quiet hours, digests and contacts. `PUT /v1/me/preferences` changes all of it but the contacts.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPreferencePage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/privacy': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get what others learn of me
     * @description Returns whether others are told how far you have read, and who sees whether you are online.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPrivacy'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/scheduled-messages': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my scheduled messages, the next first
     * @description Returns a page of your messages that wait to be sent, of all channels, and of those that could not be.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getScheduledMessages'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/scheduled-posts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my scheduled posts, the next first
     * @description Returns a page of your posts that wait to be published, and of those that could not be.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getScheduledPosts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/standing': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get my standing
     * @description Returns whether your account is suspended, why, and until when.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getStanding'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/unread': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List what I have not read, last active first
     * @description Returns a page of your channels that have unread messages, each with the newest of them. Channels that you muted are among them, and say so.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getUnread'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/messages': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Search messages
     * @description Finds messages of your channels, newest first: those that have all words, without regard to letter case and accents. Words within quotation marks must stand side by side. Korean, Japanese and Chinese words are also found within longer ones.
     *
     *     Without `channel`, your 200 channels with the newest messages are searched. Which messages have the words is known of a channel some time after somebody first searched it; before, a page gets to the newest messages only, and `partly` says how far. Ask for the next page a little later. A page may have fewer hits than you asked for, or none, also where `next` is not null.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     *
     *     Limit `search-messages`: 300 requests in 60 seconds.
     */
    get: operations['searchMessages'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/notifications/{notification}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a notification of my app
     * @description Returns a notification that your app requested, with a page of its deliveries and their history.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getNotification'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/notifications/{notification}/progress': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get how far a notification to a list has come
     * @description Returns how many members of the list are planned. What became of each, `GET /v1/notifications/{notification}` says.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getProgress'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Find people
     * @description Finds people by the beginnings of the words of their names, without regard to accents and letter case; Hangul also by its initial consonants. A whole login name, with or without `@` before it, finds its person too, first of all. People who don’t want to be found, and those across a block, are left out.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     *
     *     Limit `find-people`: 300 requests in 60 seconds.
     */
    get: operations['findPeople'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{person}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a person’s profile
     * @description Returns the profile of a person, and how you stand to the person. A person who blocks you is unknown to you; of one whom you block you see the name alone.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPerson'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{person}/picture/{variant}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the picture of a person
     * @description Profiles have these addresses, each with the tag of the picture, which may be kept. Without the tag you get the picture of now, in the size that comes nearest: a small picture has no larger ones. Ranges are answered.
     *
     *     Limit `media`: 60000 requests in 60 seconds.
     */
    get: operations['getPictureOfPerson'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{person}/pinned-posts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the posts that a person has pinned
     * @description Returns the posts that a person shows first on their profile, the newest pin first, at most 5; those of them that you may see. A person who blocks you is unknown to you; of one whom you block you see none.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPinnedPosts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{person}/posts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List a person’s posts, newest first
     * @description Returns a page of the posts and replies of one person. A person who blocks you is unknown to you; of one whom you block you see none.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPostsOfPerson'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{person}/presence': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a person’s presence
     * @description Returns whether a friend, or a member of a channel of yours, is online, and when the person was last active. Everybody else is shown as offline, and so is who wants it.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPresence'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a post
     * @description Returns a post that you may see: none that is for others, and none across a block.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPost'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/edits': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List what a post said before, newest first
     * @description Returns a page of the texts that a post had before it was edited. The present one is in the post.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPostEdits'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/likes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List who likes a post
     * @description Returns a page of the people who like a post that you may see, without those that a block hides from you; in no order that means anything.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getLikes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/media/{place}/{variant}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a picture or a video of a post
     * @description Posts have these addresses. That of a post that everybody may see needs nothing; any other is signed for one reader, is good for an hour, and no longer than that reader may see the post. Ranges are answered.
     *
     *     Limit `media`: 60000 requests in 60 seconds.
     */
    get: operations['getPostMedia'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/replies': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the replies to a post, oldest first
     * @description Returns a page of the replies to a post that you may see.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getReplies'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/shares': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List who shares a post, the newest first
     * @description Returns a page of the people who share a post that you may see, without those that a block hides from you.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getShares'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/thread': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the thread around a post
     * @description Returns the post, the posts that it replies to from the highest down (the nearest 20, fewer where they are long, and none above one that you can’t see), and the first page of its replies. `next` is the cursor for more of its replies. Where the first ancestor, or the post without one, has a `replyTo`, the thread of that has more of them.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getThread'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/projections/{projection}/changes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the documents of a projection that have changed
     * @description Returns the documents that have changed since the cursor, as they are now, or waits for one that does. A page may have more than `limit`, for what one event concerns stays together. At least once, and a document never older than before: store the cursor in one transaction with what you make of them. A projection that is built anew goes on where it was.
     *
     *     A key of an app needs the scope `projections:<name>`, which an operator gives it; the secret of the app will not do.
     *
     *     Limit `changes`: 6000 requests in 60 seconds.
     */
    get: operations['getChanges'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/projections/{projection}/changes/live': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Follow the documents of a projection
     * @description Streams the documents that change, from the cursor on. Events are `change`, and `position`, which says that you have everything up to its `id`: at least every 10 seconds, so that a silent stream is a dead one. Only the id of a `position` is a cursor.
     *
     *     A key of an app needs the scope `projections:<name>`, which an operator gives it; the secret of the app will not do.
     *
     *     Limit `streams`: 300 requests in 60 seconds.
     */
    get: operations['followChanges'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/schedules': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the schedules of my app
     * @description Returns a page of your app’s schedules, those that are over too.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getSchedules'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/schedules/{schedule}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a schedule of my app
     * @description Returns a schedule with a page of its occurrences, newest first. What became of one, `GET /v1/notifications/{notification}` says.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getSchedule'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sync': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get everything new
     * @description Returns what has changed of your channels, of the people in your lists, and of your settings, since the cursor that you send; without one, everything there is. A refusal `position-of-another-log` says that the log was restored from a backup: forget what you hold, and begin without a cursor. Something may be told twice, and nothing is left out.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['sync'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tags/{tag}/posts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the posts with a hashtag, newest first
     * @description Returns a page of the public posts and replies that have the hashtag, however it is spelled, without those of people whom you mute or block or who block you.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getPostsWithTag'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/templates': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the templates of my app
     * @description Returns a page of your app’s templates, without their texts.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getTemplates'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/templates/{template}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a template of my app
     * @description Returns a template with a page of its versions, newest first.
     *
     *     A key of an app needs the scope `read`.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getTemplate'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/web-push': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get what browsers subscribe to pushes with
     * @description Returns the public VAPID key of this installation (RFC 8292), for `applicationServerKey` of `pushManager.subscribe()`. Register what comes of that as your device: `PUT /v1/me/devices/{device}`, with the platform `web` and the `PushSubscription` as JSON for its token.
     *
     *     Limit `queries`: 6000 requests in 60 seconds.
     */
    get: operations['getWebPush'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Category: {
      /**
       * @description Its name in requests, as you declared it.
       * @example orders
       */
      category: string;
      /** @description The channels that are on by default. null: all. */
      channels: ('push' | 'sms' | 'email' | 'in-app')[] | null;
      /**
       * @description When you declared it so. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      declaredAt: string;
      /**
       * @description What holds for people who have chosen nothing.
       * @enum {string}
       */
      default: 'in' | 'out';
      /** @description Whether several are sent as one. null: each by itself. */
      digest:
        | (
            | {
                /** @constant */
                kind: 'at-once';
              }
            | {
                /** @constant */
                kind: 'after-first';
                minutes: number;
              }
            | {
                /** @constant */
                kind: 'time-of-day';
                time: string;
              }
          )
        | null;
      /**
       * @description Your template that says a digest. null: a list.
       * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
       */
      digestTemplate: string | null;
      /** @description How notifications fail over across channels whose request doesn’t say. null: not. */
      failover:
        | {
            /** @description How long after a vendor took the messages before. */
            afterMinutes: number;
            /**
             * @description The channel that it goes on with.
             * @enum {string}
             */
            channel: 'push' | 'sms' | 'email' | 'in-app';
            /**
             * @description What keeps it from going on.
             * @enum {string}
             */
            unless: 'delivered' | 'opened';
          }[]
        | null;
      /**
       * @description The language that everybody sees whose own it does not have; `und` where you have not said which.
       * @example en
       */
      language: string;
      /** @description By language, how it is called. */
      locales: {
        [key: string]: {
          description?: string;
          title: string;
        };
      };
      /** @description Whether nobody can opt out of it. */
      mandatory: boolean;
      /** @description The most that one person gets in any 24 hours. null: as much as the cap of the app allows. */
      perDayMax: number | null;
    };
    Channel: {
      /** @description What a group says of itself. null: nothing. */
      description: string | null;
      /**
       * @description What is said disappears so many seconds after it was said. null: it stays.
       * @example 86400
       */
      disappearAfterSeconds: number | null;
      /**
       * @description The last `seq` of the channel. null: it is empty.
       * @example 41
       */
      headSeq: number | null;
      /**
       * @description What people who join now may read: all of it, or what is said from then on.
       * @enum {string}
       */
      history: 'all' | 'since-joining';
      /**
       * @description The id of the channel.
       * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
       */
      id: string;
      /** @description The people who were asked to become members of a group, and have not answered. In an announcement channel only admins see them. */
      invited: components['schemas']['NamedPerson'][];
      /**
       * @description A direct channel of two people, a group, or an announcement channel, in which only the owner and the admins write.
       * @enum {string}
       */
      kind: 'direct' | 'group' | 'announcement';
      /**
       * @description The number of members.
       * @example 2
       */
      memberCount: number;
      members: {
        /**
         * @description Of the other person of a direct channel: the last `seq` that a device of theirs has received. null: it is not known. In a group ask for the receipts of a message.
         * @example 41
         */
        deliveredUpTo: number | null;
        /**
         * @description The id of the person.
         * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
         */
        id: string;
        /**
         * @description The name of the person. null: the person was erased, or is unknown to you.
         * @example Bob
         */
        name: string | null;
        /** @description The address of the person’s picture in its smallest size, as profiles have it. Absent: there is none, or it is not for you. */
        picture?: string;
        /**
         * @description The last `seq` that the member has read. null: none, or one of you blocks the other, or tells nobody what they have read, or the channel is a message request.
         * @example 41
         */
        readUpTo: number | null;
        /**
         * @description The role of the member.
         * @enum {string}
         */
        role: 'owner' | 'admin' | 'member';
      }[];
      /**
       * @description When it was opened. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      openedAt: string;
      /**
       * @description The id of the person who opened it, or to whom it was handed over.
       * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10
       */
      owner: string;
      /** @description The picture of a group. null: it has none. */
      picture: components['schemas']['Media'] | null;
      /**
       * @description The first `seq` that you may read.
       * @example 41
       */
      readsFrom: number;
      /** @description Whether a direct channel is a message request: one that you sent, or one that you received. Until it is accepted neither sees the other’s presence, typing and read receipts, and nothing is pushed. null: it is none. */
      request: ('sent' | 'received') | null;
      /**
       * @description Your role. In a direct channel both are members.
       * @enum {string}
       */
      role: 'owner' | 'admin' | 'member';
      /** @description The title of a group. null: it has none. */
      title: string | null;
    };
    Delivery: {
      /** @description How often it was sent to a vendor. */
      attempts: number;
      /**
       * @description The channel that it is sent on.
       * @enum {string}
       */
      channel: 'push' | 'sms' | 'email' | 'in-app';
      /** @description The first time of each reaction of the recipient: `opened`, `clicked`, `unsubscribed`, `complained`. What programs did is in the history alone, with `machine`. */
      engagement: {
        [key: string]: string;
      };
      /** @description Which step of the failover has planned it; 0: none, it was requested. null: the notification has no failover. */
      failoverStep: number | null;
      /** @description The events of the delivery, oldest first: `what` happened, `at` which time, and the facts of the event. */
      history: ({
        at: string;
        what: string;
      } & {
        [key: string]: unknown;
      })[];
      /**
       * @description The id of the delivery.
       * @example 1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d
       */
      id: string;
      /** @description Why the delivery has this status, where there is a reason. */
      reason: string | null;
      /**
       * @description The id of the recipient.
       * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10
       */
      recipient: string;
      /** @description Whether your app is a sandbox: then it went to the outbox, and to no vendor. */
      sandbox: boolean;
      /**
       * @description The status of the delivery. `digested`: it was told together with others, by the notification that the history names in `into`.
       * @enum {string}
       */
      status:
        | 'delivered'
        | 'accepted'
        | 'unknown'
        | 'attempting'
        | 'waiting'
        | 'queued'
        | 'deferred'
        | 'planned'
        | 'digested'
        | 'undelivered'
        | 'failed'
        | 'expired'
        | 'cancelled'
        | 'suppressed';
      /**
       * @description The vendor of the last attempt.
       * @example outbox
       */
      vendor: string | null;
    };
    DocumentChange: {
      /**
       * @description `put`: this is the document now. `removed`: it is no more. `left`: it is not, or no longer, what your filter asks for.
       * @enum {string}
       */
      change: 'put' | 'removed' | 'left';
      collection: string;
      document: {
        [key: string]: unknown;
      } | null;
      /** @description Of the document, within its collection. */
      id: string;
      /** @description Of two versions of a document, the later one is the greater text. You may be told a version again, and never an older one after a newer. */
      version: string;
    };
    DocumentChangeCloudEvent: {
      data: {
        [key: string]: unknown;
      } | null;
      /** @constant */
      datacontenttype: 'application/json';
      id: string;
      source: string;
      /** @constant */
      specversion: '1.0';
      subject: string;
      tidingsversion: string;
      type: string;
    };
    Export: {
      /**
       * @description When you asked for it. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      /** @description How long the archive is. null: it isn’t ready. */
      bytes: number | null;
      /** @description The id of the channel. null: it is no export of a channel. */
      channel: string | null;
      /**
       * @description Until when it can be downloaded: 7 days. null: it isn’t ready.
       * @example 2026-07-01T09:30:00.000Z
       */
      expiresAt: string | null;
      /**
       * @description The id of the export.
       * @example 9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d
       */
      id: string;
      /** @description What was left out: messages that disappear before the export does, and files that are gone. */
      leftOut: number;
      /** @description Pictures, videos, recordings and files that are in it so far. */
      media: number;
      /** @description Messages that are in it so far. */
      messages: number;
      /**
       * @description How much of it is done.
       * @example 42
       */
      percent: number;
      /** @description Posts that are in it so far. */
      posts: number;
      /** @description Why it has ended: its time was over, you deleted it, you may not read the channel any more, or a member was erased. */
      reason: ('expired' | 'deleted' | 'unreadable' | 'person-erased') | null;
      /**
       * @description Whether it is still being made, can be downloaded, or can’t be had any more.
       * @enum {string}
       */
      status: 'making' | 'ready' | 'ended';
      /**
       * @description What is exported: a channel, or everything of yours.
       * @enum {string}
       */
      subject: 'channel' | 'person';
      /**
       * @description Where to download it, below the address of the read API. It needs no token, is good for an hour, and answers ranges. null: it isn’t ready.
       * @example /v1/exports/9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d/archive?until=1782900000&signature=bm90IGEgcmVhbCBzaWduYXR1cmU
       */
      url: string | null;
    };
    FoundDelivery: {
      /** @description How often it was sent to a vendor. */
      attempts: number;
      /**
       * @description The category of its notification.
       * @example orders
       */
      category: string;
      /**
       * @description When something happened to it last. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      changedAt: string;
      /**
       * @description The channel that it is sent on.
       * @enum {string}
       */
      channel: 'push' | 'sms' | 'email' | 'in-app';
      /** @description The first time of each reaction of the recipient: `opened`, `clicked`, `unsubscribed`, `complained`. What programs did is in the history alone, with `machine`. */
      engagement: {
        [key: string]: string;
      };
      /** @description Which step of the failover has planned it; 0: none, it was requested. null: the notification has no failover. */
      failoverStep: number | null;
      /** @description The events of the delivery, oldest first: `what` happened, `at` which time, and the facts of the event. */
      history: ({
        at: string;
        what: string;
      } & {
        [key: string]: unknown;
      })[];
      /**
       * @description The id of the delivery.
       * @example 1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d
       */
      id: string;
      /**
       * @description The id of its notification.
       * @example 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d
       */
      notification: string;
      /**
       * @description When it was planned. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      plannedAt: string;
      /** @description Why the delivery has this status, where there is a reason. */
      reason: string | null;
      /**
       * @description The id of the recipient.
       * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10
       */
      recipient: string;
      /** @description Whether your app is a sandbox: then it went to the outbox, and to no vendor. */
      sandbox: boolean;
      /**
       * @description The status of the delivery. `digested`: it was told together with others, by the notification that the history names in `into`.
       * @enum {string}
       */
      status:
        | 'delivered'
        | 'accepted'
        | 'unknown'
        | 'attempting'
        | 'waiting'
        | 'queued'
        | 'deferred'
        | 'planned'
        | 'digested'
        | 'undelivered'
        | 'failed'
        | 'expired'
        | 'cancelled'
        | 'suppressed';
      /**
       * @description The template that its notification names. null: none.
       * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
       */
      template: string | null;
      /**
       * @description The vendor of the last attempt.
       * @example outbox
       */
      vendor: string | null;
      /**
       * @description The vendor’s id of the message, once the vendor has taken it.
       * @example SM1b2c3d4e5f605a7b8c9d0e1f2a3b4c5d
       */
      vendorId: string | null;
    };
    FunnelRow: {
      /**
       * @description Deliveries of notifications that were cancelled.
       * @example 7
       */
      cancelled: number;
      /**
       * @description The category, where you asked by category.
       * @example orders
       */
      category?: string;
      /**
       * @description The channel, where you asked by channel. null: the row of what was requested, which goes out on several.
       * @example push
       */
      channel?: ('push' | 'sms' | 'email' | 'in-app') | null;
      /**
       * @description Deliveries in which a recipient followed a link.
       * @example 7
       */
      clicked: number;
      /**
       * @description Deliveries that a recipient called spam.
       * @example 7
       */
      complained: number;
      /**
       * @description The recipients of these, each once for each notification.
       * @example 7
       */
      created: number;
      /**
       * @description The day, where you asked by day.
       * @example 2026-07-01
       */
      day?: string;
      /**
       * @description Deliveries that arrived, by the word of the vendor, the device or the recipient.
       * @example 7
       */
      delivered: number;
      /**
       * @description Deliveries that became a part of a digest.
       * @example 7
       */
      digested: number;
      /**
       * @description Deliveries whose time was over before they were sent.
       * @example 7
       */
      expired: number;
      /**
       * @description Deliveries that no vendor took.
       * @example 7
       */
      failed: number;
      /**
       * @description Deliveries that are neither sent nor given up.
       * @example 7
       */
      inProgress: number;
      /**
       * @description Deliveries that a recipient opened. What programs opened doesn’t count.
       * @example 7
       */
      opened: number;
      /**
       * @description Deliveries that were planned: one for each device, address and notification centre of a recipient.
       * @example 7
       */
      planned: number;
      /** @description Why deliveries were not sent or did not arrive, the most frequent first. */
      reasons: {
        /**
         * @description How many of them.
         * @example 7
         */
        deliveries: number;
        /**
         * @description How the delivery ended.
         * @enum {string}
         */
        end: 'suppressed' | 'failed' | 'undelivered' | 'expired' | 'cancelled' | 'digested';
        /**
         * @description Why.
         * @example opted-out
         */
        reason: string;
      }[];
      /**
       * @description Notifications that were requested.
       * @example 7
       */
      requested: number;
      /**
       * @description Deliveries that a vendor took.
       * @example 7
       */
      sent: number;
      /**
       * @description Deliveries that were not to be sent.
       * @example 7
       */
      suppressed: number;
      /**
       * @description The template, where you asked by template. null: none was used.
       * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
       */
      template?: string | null;
      /**
       * @description Deliveries that a vendor took and could not deliver.
       * @example 7
       */
      undelivered: number;
      /**
       * @description Deliveries after which a recipient unsubscribed.
       * @example 7
       */
      unsubscribed: number;
    };
    InboxRow: {
      /** @description The number to show beside the channel: of unread messages, or of those that mention you, or 0, as you have chosen; 0 while it is muted. */
      badge: number;
      /**
       * @description The id of the channel.
       * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
       */
      channel: string;
      /**
       * @description The last `seq` of the channel. null: it is empty.
       * @example 41
       */
      headSeq: number | null;
      /**
       * @description A direct channel of two people, a group, or an announcement channel, in which only the owner and the admins write.
       * @enum {string}
       */
      kind: 'direct' | 'group' | 'announcement';
      /** @description The last message. null: there is none. */
      last: {
        /**
         * @description When it was sent. In UTC, in ISO 8601.
         * @example 2026-07-01T09:30:00.000Z
         */
        at: string;
        /**
         * @description When it disappears: show its text no longer. null: it stays.
         * @example 2026-07-01T09:30:00.000Z
         */
        expiresAt: string | null;
        /** @description What kinds of picture or file it shows, in their order. Its text may be empty then. */
        media: ('image' | 'video' | 'audio' | 'file')[];
        /**
         * @description The id of the sender.
         * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
         */
        sender: string;
        /**
         * @description The `seq` of the message.
         * @example 41
         */
        seq: number;
        /** @description null: the message was withdrawn, has disappeared, or its sender was erased. */
        text: string | null;
      } | null;
      /**
       * @description Of which messages you are told.
       * @enum {string}
       */
      level: 'all' | 'mentions' | 'none';
      /** @description The unread messages that mention you, by `seq`. */
      mentions: number[];
      /** @description Whether you muted its push notifications, and they are muted now. */
      muted: boolean;
      /**
       * @description When that ends by itself. null: when you unmute it, or it isn’t muted.
       * @example 2026-07-01T09:30:00.000Z
       */
      mutedUntil: string | null;
      /** @description Where the small picture of a group is, for you alone and for some hours. Absent: it has none. */
      picture?: string;
      /**
       * @description The last `seq` that you have read. null: none.
       * @example 41
       */
      readUpTo: number | null;
      /** @description Whether a direct channel is a message request: one that you sent, or one that you received. Until it is accepted neither sees the other’s presence, typing and read receipts, and nothing is pushed. null: it is none. */
      request: ('sent' | 'received') | null;
      /** @description The title of a group. null: it has none. */
      title: string | null;
      /** @description The number of messages that you would find unread: those of others, after the last one that you read or wrote, without withdrawn ones. At most 100, which stands for more, too. */
      unread: number;
      /** @description The other person of a direct channel; empty for a group. */
      with: components['schemas']['NamedPerson'][];
    };
    Invitation: {
      /**
       * @description When you were invited. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      /** @description The member who invited you. */
      by: components['schemas']['NamedPerson'];
      /**
       * @description The id of the group, by which the invitation is answered.
       * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
       */
      channel: string;
      /**
       * @description The number of members.
       * @example 3
       */
      members: number;
      /** @description The title of the group. null: it has none. */
      title: string | null;
    };
    InvitationLink: {
      /** @description Whether who follows it asks to join. */
      approval: boolean;
      /**
       * @description When it was made. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      /** @description Who made it. */
      by: components['schemas']['NamedPerson'];
      /**
       * @description When it ends. null: when it is revoked.
       * @example 2026-07-01T09:30:00.000Z
       */
      expiresAt: string | null;
      /**
       * @description The id of the link.
       * @example 4b3a2918-0f7e-5d6c-8b4a-9382716f5e4d
       */
      link: string;
      /** @description How many people have followed it. */
      uses: number;
      /** @description How many may. null: as many as there is room for. */
      usesMax: number | null;
    };
    JoinRequest: {
      /**
       * @description When the person asked. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      person: components['schemas']['NamedPerson'];
    };
    /** @description What the first link of the text leads to, in that page’s own words: show it as text. */
    LinkPreview: {
      description: string | null;
      image: components['schemas']['Media'] | null;
      /**
       * @description The name of where the page is.
       * @example Weather
       */
      site: string | null;
      /** @example Rain until Friday */
      title: string;
      /**
       * @description The link, as it is in `entities`.
       * @example https://example.com/rain
       */
      url: string;
    };
    List: {
      /**
       * @description When its members changed last. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      changedAt: string;
      /**
       * @description When you created it. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      createdAt: string;
      /**
       * @description The id of the list.
       * @example 2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f
       */
      id: string;
      /** @description How many members it has. */
      members: number;
      /**
       * @description The name that you gave it.
       * @example Subscribers
       */
      name: string;
    };
    Me: {
      /** @description A text that the person wrote about themselves. null: there is none. */
      about: string | null;
      /**
       * @description The country you live in (ISO 3166-1 alpha-2). null: you have set none.
       * @example GB
       */
      country: string | null;
      /** @description Whether the account was deleted. */
      erased: boolean;
      /** @description Whether others find you by your name or login name, and can mention you. Friends can in any case. */
      findable: boolean;
      /** @description The number of people who follow the person. */
      followers: number;
      /** @description The number of people whom the person follows. */
      follows: number;
      /**
       * @description The id of the person.
       * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10
       */
      id: string;
      /**
       * @description The language you are told in, as a BCP 47 tag. null: you have set none.
       * @example en-GB
       */
      language: string | null;
      /**
       * @description The name. null: the person was erased.
       * @example Ada
       */
      name: string | null;
      /** @description The picture of the person. null: there is none. */
      picture: components['schemas']['Media'] | null;
      /**
       * @description When the person signed up. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      since: string;
      /**
       * @description An IANA time zone. null: the person has set none.
       * @example Europe/London
       */
      timeZone: string | null;
    };
    Media: {
      /** @description What is to be seen, in words. */
      alt: string | null;
      /** @description Stands in for the picture until it is there (blurha.sh). */
      blurHash: string | null;
      /** @description Of a video. */
      durationMs: number | null;
      full: components['schemas']['MediaVariant'];
      /** @enum {string} */
      kind: 'image' | 'video';
      /** @description A picture of at most 960 pixels; null where `full` is no larger. */
      medium: components['schemas']['MediaVariant'] | null;
      /** @description A picture of at most 320 pixels; of a video its poster. */
      small: components['schemas']['MediaVariant'] | null;
    };
    MediaVariant: {
      bytes: number;
      height: number | null;
      /** @example image/jpeg */
      type: string;
      /** @description Below the address of the read API. It needs no token; one that has a signature is yours, and good for an hour. */
      url: string;
      width: number | null;
    };
    Message: {
      /**
       * @description When it was sent. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      /**
       * @description The id that the sender’s client gave it.
       * @example 0197c5b0-9d3e-7c41-a6f2-3b8e5d7f9a01
       */
      clientId: string;
      /**
       * @description When it was last edited. null: never.
       * @example 2026-07-01T09:30:00.000Z
       */
      editedAt: string | null;
      /** @description What parts of the text are. */
      entities: (
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @enum {string} */
            kind: 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code' | 'quote';
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'pre';
            /**
             * @description Of a program.
             * @example typescript
             */
            language?: string;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'link';
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
            /** @example https://example.com/choir */
            url: string;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'mention';
            /**
             * Format: uuid
             * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            person: string;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
      )[];
      /**
       * @description When it disappears: show its words no longer. null: it stays.
       * @example 2026-07-01T09:30:00.000Z
       */
      expiresAt: string | null;
      /** @description The pictures, videos, recordings and files that it shows. None: it shows none, was withdrawn, or has disappeared. */
      media: components['schemas']['MessageMedia'][];
      /** @description The ids of the members that it mentions. */
      mentions: string[];
      /** @description A change of the channel that this entry tells of. null: it is a message. */
      notice: {
        /** @description After how many seconds messages disappear from then on. null: they stay. */
        afterSeconds?: number | null;
        /**
         * @description What new members may read from then on.
         * @enum {string}
         */
        history?: 'all' | 'since-joining';
        /**
         * @description What `sender` changed.
         * @enum {string}
         */
        kind:
          | 'renamed'
          | 'described'
          | 'pictured'
          | 'joined'
          | 'left'
          | 'removed'
          | 'promoted'
          | 'demoted'
          | 'handed-over'
          | 'history-set'
          | 'disappearing-set'
          | 'pinned'
          | 'unpinned';
        /** @description The id of the person who joined, left, was removed, or has another role. */
        member?: string;
        /** @description The `seq` of the message that was pinned or unpinned. */
        message?: number;
        /** @description The new title. null: the person who gave it was erased. */
        title?: string | null;
      } | null;
      /** @description What its first link leads to. null: it has none, or nothing is known of it yet. */
      preview: components['schemas']['MessagePreview'] | null;
      /** @description The part of the message that it replies to which it speaks about. null: none, or that message was withdrawn, has disappeared, or its sender was erased. */
      quote: {
        /** @description Where it began in the text then, counted in Unicode code points. */
        from: number;
        text: string;
      } | null;
      /** @description By emoji, the ids of the members who reacted with it: at most 50 emoji, and the last 100 members each. */
      reactions: {
        [key: string]: string[];
      };
      /**
       * @description The message that it replies to. null: it is no reply.
       * @example 41
       */
      replyTo: number | null;
      /**
       * @description The id of the sender.
       * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10
       */
      sender: string;
      /**
       * @description The number of the entry in the channel, and the id of the message.
       * @example 41
       */
      seq: number;
      /**
       * @description null: the message was withdrawn, has disappeared, or its sender was erased.
       * @example Hello Bob
       */
      text: string | null;
      /** @description Whether the sender withdrew it. */
      withdrawn: boolean;
    };
    MessageMedia: {
      /** @description What is to be seen, in words. */
      alt?: string;
      /** @description Stands in for the picture until it is there (blurha.sh). */
      blurHash?: string;
      bytes: number;
      durationMs?: number;
      height?: number;
      /** @enum {string} */
      kind: 'image' | 'video' | 'audio' | 'file';
      /**
       * @description Of a file. Sound without a name was recorded for this message.
       * @example minutes.pdf
       */
      name?: string;
      /** @description The smaller pictures of it that there are: of at most 960 and 320 pixels; of a video its poster. */
      smaller?: ('medium' | 'small')[];
      /**
       * @description Its MIME type; of a file as its sender tells it.
       * @example image/jpeg
       */
      type: string;
      /** @description Below the address of the read API. It is yours, needs no token, and is good for an hour as long as you may read the message. With `&variant=small` or `medium` it is that of a smaller picture. */
      url: string;
      width?: number;
    };
    /** @description A message that mentions you. Jump to it with `around` of the channel’s messages. */
    MessageMention: {
      /**
       * @description The id of the channel.
       * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
       */
      channel: string;
      message: components['schemas']['Message'];
    };
    /** @description What a link leads to, in that page’s own words: show it as text. */
    MessagePreview: {
      description: string | null;
      image: components['schemas']['MessageMedia'] | null;
      /**
       * @description The name of where the page is.
       * @example Music
       */
      site: string | null;
      /** @example The choir */
      title: string;
      /**
       * @description The link.
       * @example https://example.com/choir
       */
      url: string;
    };
    NamedPerson: {
      /**
       * @description The id of the person.
       * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
       */
      id: string;
      /**
       * @description The name of the person. null: the person was erased, or is unknown to you.
       * @example Bob
       */
      name: string | null;
      /** @description The address of the person’s picture in its smallest size, as profiles have it. Absent: there is none, or it is not for you. */
      picture?: string;
    };
    Notification: {
      /**
       * @description When you requested it. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      /** @description Whether you have cancelled it. */
      cancelled: boolean;
      /**
       * @description The category that you gave it.
       * @example orders
       */
      category: string;
      /** @description A page of its deliveries. */
      deliveries: components['schemas']['Delivery'][];
      /**
       * @description When it is no longer worth sending. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      expiresAt: string;
      /**
       * @description The id of the notification.
       * @example 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d
       */
      id: string;
      /** @description Cursor of the next page. null: this is the last one. */
      next: string | null;
      /** @description The number of recipients that it names. 0: it goes to a list; its progress says how many are planned. */
      recipients: number;
      /**
       * @description When it is to be sent. null: at once, or on the clocks of its recipients.
       * @example 2026-07-01T09:30:00.000Z
       */
      sendAt: string | null;
      /** @description When it is to be sent on each recipient’s clock, if you said so. */
      sendAtLocal: {
        time: string;
        zone: string;
      } | null;
    };
    NotificationCounts: {
      /** @description The same of each category that has unread ones. */
      categories: {
        category: string;
        /** @description Those that you haven’t read. */
        unread: number;
        /** @description Of these, those that came since you opened your notification centre. */
        unseen: number;
      }[];
      /** @description True: you have more than 100 unread notifications, and the numbers are of the newest ones. */
      more: boolean;
      /** @description Those that you haven’t read. */
      unread: number;
      /** @description Of these, those that came since you opened your notification centre. */
      unseen: number;
    };
    NotificationsMarked: {
      /** @description Categories that you have read further. */
      categories: {
        category: string;
        readUpTo: string;
      }[];
      /**
       * @description All that came until then, you have read, but for what you have marked as unread since. null: you have never read all.
       * @example 2026-07-01T09:30:00.000Z
       */
      readUpTo: string | null;
      /**
       * @description All that came until then, you have seen. null: nothing yet.
       * @example 2026-07-01T09:30:00.000Z
       */
      seenUpTo: string | null;
    };
    Occurrence: {
      /**
       * @description When it is requested; on the clocks of its recipients, when the first clock on Earth shows it. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      /**
       * @description What the clock shows, without an offset.
       * @example 2026-07-02T09:00:00
       */
      local: string;
      /**
       * @description The notification that was requested.
       * @example 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d
       */
      notification: string;
      /**
       * @description Why there is no such notification, as a code. null: there is.
       * @example app-disabled
       */
      refused: string | null;
    };
    Person: {
      /** @description A text that the person wrote about themselves. null: there is none. */
      about: string | null;
      /** @description Whether you block the person. */
      blocked: boolean;
      /** @description Whether the account was deleted. */
      erased: boolean;
      /** @description Whether you follow the person. */
      followed: boolean;
      /** @description The number of people who follow the person. */
      followers: number;
      /** @description The number of people whom the person follows. */
      follows: number;
      /** @description Whether you are friends. */
      friend: boolean;
      /**
       * @description The id of the person.
       * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10
       */
      id: string;
      /** @description Whether you mute the person. */
      muted: boolean;
      /**
       * @description The name. null: the person was erased.
       * @example Ada
       */
      name: string | null;
      /** @description The picture of the person. null: there is none. */
      picture: components['schemas']['Media'] | null;
      /**
       * @description When the person signed up. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      since: string;
      /**
       * @description An IANA time zone. null: the person has set none.
       * @example Europe/London
       */
      timeZone: string | null;
    };
    Post: {
      /**
       * @description When it was published. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      author: components['schemas']['NamedPerson'];
      /**
       * @description When it was last edited. null: never.
       * @example 2026-07-01T09:30:00.000Z
       */
      editedAt: string | null;
      entities: components['schemas']['PostEntities'];
      /** @description Moderators have hidden this post of yours from everybody but you. Absent: they have not. */
      hidden?: {
        /**
         * @description When it was hidden. In UTC, in ISO 8601.
         * @example 2026-07-01T09:30:00.000Z
         */
        at: string;
        /** @description What the moderators say to it. */
        statement: string | null;
        /**
         * @description What it was found to be.
         * @enum {string}
         */
        violation: 'spam' | 'harassment' | 'hate' | 'violence' | 'sexual' | 'self-harm' | 'illegal' | 'impersonation' | 'other';
      };
      /**
       * @description The id of the post.
       * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
       */
      id: string;
      /** @description Whether it replies to a post. */
      isReply: boolean;
      /** @description Whether you like it. */
      liked: boolean;
      /** @description The number of likes, without those that a block hides from you. So are the other numbers. */
      likes: number;
      /** @description Its pictures and videos. Absent: it has none. */
      media?: components['schemas']['Media'][];
      /** @description Absent: the text has no link, or nothing is known of where it leads yet. */
      preview?: components['schemas']['LinkPreview'];
      /** @description The post that it quotes; null if it quotes none. Its `post` is null where you can’t see it, for whatever reason. */
      quotedPost: {
        post: components['schemas']['QuotedPost'] | null;
      } | null;
      /** @description The number of public posts that quote it. */
      quotes: number;
      /** @description How you react to it; `like` where you like it. null: you don’t. */
      reaction: ('like' | 'love' | 'laugh' | 'wow' | 'sad' | 'angry') | null;
      /**
       * @description The numbers of reactions of other kinds, of those kinds that somebody chose.
       * @example {
       *       "love": 1
       *     }
       */
      reactions: {
        [key: string]: number;
      };
      /** @description The number of replies that everybody may see who may see the post. */
      replies: number;
      /**
       * @description The post that it replies to. null: it is no reply, or you can’t see that post.
       * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
       */
      replyTo: string | null;
      /** @description Whether you share it. */
      shared: boolean;
      /** @description The post that it shares: it has nothing of its own then. null: it is no share. */
      sharedPost: components['schemas']['SharedPost'] | null;
      /** @description The number of people who share it. */
      shares: number;
      /** @example Hello, world */
      text: string;
      /**
       * @description Who may read it: everybody; friends of the author or, of a reply, of the person who began the thread; or the author alone.
       * @enum {string}
       */
      visibility: 'public' | 'friends' | 'self';
    };
    /** @description What the text speaks of. */
    PostEntities: {
      hashtags: {
        /** @description Its first character in the text, in Unicode code points. */
        from: number;
        /**
         * @description As it is spelled in addresses.
         * @example rain
         */
        tag: string;
        /** @description Behind its last. */
        to: number;
      }[];
      links: {
        /** @description Its first character in the text, in Unicode code points. */
        from: number;
        /** @description Behind its last. */
        to: number;
        url: string;
      }[];
      mentions: {
        /** @description Its first character in the text, in Unicode code points. */
        from: number;
        /**
         * @description The id of the person.
         * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
         */
        person: string;
        /** @description Behind its last. */
        to: number;
      }[];
    };
    PreferencePage: {
      /** @description A page of the apps that may notify you. */
      apps: {
        /** @description Your choices for all of its categories. */
        all: {
          /**
           * @description A channel, or `*` for every channel.
           * @enum {string}
           */
          channel: 'push' | 'sms' | 'email' | 'in-app' | '*';
          /** @description Your choice for exactly this. null: you have made none. */
          chosen: boolean | null;
        }[];
        /**
         * @description The id of the app.
         * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
         */
        app: string;
        categories: components['schemas']['PreferenceRow'][];
        /**
         * @description Its name.
         * @example Web shop
         */
        name: string;
      }[];
      /** @description Where emails and texts reach you. */
      contacts: {
        /**
         * @description The address.
         * @example ada@example.org
         */
        address: string;
        /** @description Why nothing is sent to it any more. null: it is not blocked. */
        blocked: string | null;
        /** @description Whether you have confirmed it. */
        confirmed: boolean;
        /**
         * @description The kind of contact.
         * @enum {string}
         */
        kind: 'email' | 'phone';
      }[];
      /** @description How many devices get pushes. */
      devices: number;
      /** @description Which notifications you want several of as one. */
      digests: {
        app?: string;
        category: string;
        /** @enum {string} */
        channel: 'push' | 'sms' | 'email' | 'in-app' | '*';
        rule:
          | {
              /** @constant */
              kind: 'at-once';
            }
          | {
              /** @constant */
              kind: 'after-first';
              minutes: number;
            }
          | {
              /** @constant */
              kind: 'time-of-day';
              time: string;
            };
      }[];
      /** @description Your choices for all categories of all apps, and of Tidings’ own. */
      everything: {
        /**
         * @description A channel, or `*` for every channel.
         * @enum {string}
         */
        channel: 'push' | 'sms' | 'email' | 'in-app' | '*';
        /** @description Your choice for exactly this. null: you have made none. */
        chosen: boolean | null;
      }[];
      /**
       * @description Your language, in which titles are shown. null: you have not told it.
       * @example de
       */
      language: string | null;
      /** @description Cursor of the next page. null: this is the last one. */
      next: string | null;
      /** @description The hours in which notifications wait, in an IANA time zone. null: none. */
      quietHours: {
        from: string;
        until: string;
        zone: string;
      } | null;
      /** @description What Tidings itself notifies you of, and names that you chose of for all apps. */
      tidings: components['schemas']['PreferenceRow'][];
    };
    PreferenceRow: {
      /**
       * @description Its name, as choices name it.
       * @example orders
       */
      category: string;
      channels: {
        /**
         * @description The channel.
         * @enum {string}
         */
        channel: 'push' | 'sms' | 'email' | 'in-app';
        /** @description Your choice for exactly this. null: you have made none. */
        chosen: boolean | null;
        /** @description What holds: by this choice, by one that is less close, or by default. */
        wanted: boolean;
      }[];
      /** @description Your choice for exactly this. null: you have made none. */
      chosen: boolean | null;
      /** @description Whether the app has said what it is; else you have chosen something of its name. */
      declared: boolean;
      /** @description What you get, in a sentence. */
      description?: string;
      /** @description How the app has several told as one, where `digests` has no rule of yours. null: each by itself. */
      digest:
        | (
            | {
                /** @constant */
                kind: 'at-once';
              }
            | {
                /** @constant */
                kind: 'after-first';
                minutes: number;
              }
            | {
                /** @constant */
                kind: 'time-of-day';
                time: string;
              }
          )
        | null;
      /**
       * @description The language of the title. null: it is not known.
       * @example de
       */
      language: string | null;
      /** @description Whether you must be told, so that you can’t opt out. */
      mandatory: boolean;
      /**
       * @description How it is called, in your language if it has one.
       * @example Bestellungen
       */
      title: string;
    };
    Privacy: {
      /** @description Whether you are shown as offline to everybody. */
      invisible: boolean;
      /**
       * @description Who sees whether you are online, and when you were last active.
       * @enum {string}
       */
      presence: 'everyone' | 'friends' | 'nobody';
      /** @description Whether others are told how far you have read, and you how far they have. */
      readReceipts: boolean;
    };
    /**
     * @description Why a request was refused (RFC 9457).
     * @example {
     *       "type": "urn:tidings:problem:post-unknown",
     *       "title": "Post unknown",
     *       "status": 404,
     *       "detail": "There is no such post.",
     *       "code": "post-unknown",
     *       "instance": "urn:tidings:request:b2a4f6c8-0d1e-4f2a-8b3c-4d5e6f708192"
     *     }
     */
    Problem: {
      /**
       * @description - `bad-json`: The body is not valid JSON.
       *     - `bad-request`: The request does not have the form that this route expects: {detail}
       *     - `unsupported-media-type`: The body must be sent as application/json.
       *     - `body-too-large`: The body is larger than {maxBytes} bytes.
       *     - `headers-too-large`: The headers are larger than {maxBytes} bytes.
       *     - `request-too-slow`: The request took too long to arrive; send it again.
       *     - `route-unknown`: There is no such route.
       *     - `method-not-allowed`: This route does not support {method}.
       *     - `bad-frame`: The frame does not have the form that its type expects: {detail}
       *     - `text-malformed`: The text contains half a surrogate pair and can’t be encoded as UTF-8.
       *     - `text-not-one-line`: The text must be one line, and has {character} in it: a line break or another control character.
       *     - `text-turns-direction`: The text has {character} in it, which turns the direction of what stands behind it; leave it out, or close it.
       *     - `token-missing`: This needs a bearer token; POST /v1/sessions gives one.
       *     - `token-invalid`: The token is invalid; log in again.
       *     - `token-expired`: The token has expired; log in again.
       *     - `session-ended`: The session was logged out, or not used for long; log in again.
       *     - `device-removed`: This device was removed; register it again to connect with it.
       *     - `login-failed`: The login name or the password is wrong.
       *     - `login-not-recent`: You logged in more than {maxMinutes} minutes ago; for this, send your password again with POST /v1/sessions/current/authentication.
       *     - `password-wrong`: The password is wrong.
       *     - `password-too-common`: This password is one of those that are guessed first; choose another one.
       *     - `password-has-login-name`: A password must not contain the login name; choose another one.
       *     - `login-ticket-invalid`: The ticket is wrong, used or expired; log in again.
       *     - `account-claim-invalid`: The link is wrong or has expired, or the account has a password; log in, or ask for another link.
       *     - `second-factor-wrong`: The second factor is wrong, or was used before.
       *     - `second-factor-unknown`: There is no such second factor, or it was not confirmed in time.
       *     - `second-factors-full`: You can have at most {max} second factors; remove one first.
       *     - `session-unknown`: You have no such session, or it has ended.
       *     - `signature-missing`: This needs the headers Tidings-App, Tidings-Timestamp and Tidings-Signature.
       *     - `signature-invalid`: The signature does not match the request.
       *     - `signature-expired`: The timestamp is more than {maxSeconds} seconds away from the server’s time {serverTime}; set your clock and sign the request again.
       *     - `signature-replayed`: This signed request was received before; sign a new one.
       *     - `forbidden`: You are not allowed to do this.
       *     - `role-too-low`: Your role is {role}, and this needs {needed}.
       *     - `reason-missing`: This reveals, restricts or destroys something; send a reason in Tidings-Reason, or with --reason.
       *     - `reason-too-long`: The reason has {length} characters; at most {max} are allowed.
       *     - `operator-name-invalid`: Use at most {max} lower-case letters and digits with single dots, dashes or underscores between, and not local or admin-token.
       *     - `operator-name-taken`: There is an operator of this name.
       *     - `operator-unknown`: There is no such operator.
       *     - `operators-full`: There can be at most {max} operators; remove one first.
       *     - `origin-not-allowed`: Web pages of this origin may not connect; ask the operator to allow it.
       *     - `idempotency-key-reused`: This idempotency key was used for another request; use a new key.
       *     - `command-expired`: The command was made more than {maxDays} days ago; make it again under a new key.
       *     - `clock-skew`: The command’s time is in the future; the server’s time is {serverTime}. Set your clock and use a new key.
       *     - `write-contention`: Too many commands are changing the same thing; try again.
       *     - `rate-limited`: You have exceeded the limit {limit}; try again in {retryAfterSeconds} seconds.
       *     - `gateway-full`: This gateway accepts no more connections at the moment; ask GET /v1/gateway for another one.
       *     - `queue-full`: The queue is full; try again in {retryAfterSeconds} seconds.
       *     - `log-unavailable`: The event log can’t be reached at the moment; try again with the same idempotency key.
       *     - `store-unavailable`: A store that this needs can’t be reached at the moment; try again with the same idempotency key.
       *     - `views-not-ready`: The views that answer this are being built; try again.
       *     - `views-damaged`: The views that answer this are damaged, and the operator has to build them again; try again later.
       *     - `position-not-reached`: The views did not reach position {position} within {waitedMs} ms; try again.
       *     - `position-invalid`: The position is not one that a command returned.
       *     - `position-of-another-log`: The position is from before the log was restored, and says nothing any more; forget what you hold, and fetch again without it.
       *     - `internal-error`: Something went wrong on our side, and it is not certain whether anything was stored; try again with the same idempotency key.
       *     - `login-taken`: The login name is taken; choose another one.
       *     - `person-unknown`: There is no such person.
       *     - `person-erased`: This person’s account was deleted.
       *     - `name-empty`: A name needs at least one visible character.
       *     - `name-too-long`: The name has {length} characters; at most {max} are allowed.
       *     - `about-too-long`: The about text has {length} characters; at most {max} are allowed.
       *     - `code-invalid`: The code is wrong, or not valid any more; ask for a new one.
       *     - `phone-number-invalid`: No such telephone number is possible; send it with + and the code of its country, such as +4930123456, or name its country.
       *     - `endpoint-unknown`: There is no such device or contact.
       *     - `language-unknown`: {language} is not a BCP 47 language tag, such as de or pt-BR.
       *     - `country-unknown`: {country} is not the code of a country (ISO 3166-1 alpha-2), such as DE.
       *     - `time-zone-unknown`: {zone} is not an IANA time zone, such as Europe/Berlin.
       *     - `quiet-hours-invalid`: Quiet hours need two different times of day, such as from 22:00 until 07:00.
       *     - `digest-invalid`: A digest is of 1 to {maxMinutes} minutes, or until a time of day, such as 08:00.
       *     - `category-mandatory`: Notifications of the category {category} must be told to you; nobody can opt out of them.
       *     - `preferences-full`: You can keep at most {max} preferences.
       *     - `self-not-allowed`: You can’t do that to yourself.
       *     - `friends-full`: You can have at most {max} friends, open requests included; remove a friend or withdraw a request first.
       *     - `follows-full`: You can follow at most {max} people; unfollow one first.
       *     - `mutes-full`: You can mute at most {max} people; unmute one first.
       *     - `blocks-full`: You can block at most {max} people; unblock one first.
       *     - `friend-request-unknown`: There is no such friend request.
       *     - `friend-request-pending`: This person has already sent you a friend request; accept or refuse it.
       *     - `not-the-recipient`: Only the recipient of the request can do that.
       *     - `not-the-requester`: Only the person who sent the friend request can withdraw it.
       *     - `friend-reservation-expired`: The request expired while it was being made; try again.
       *     - `already-friends`: You are already friends.
       *     - `not-a-friend`: You are not friends.
       *     - `blocked`: One of you has blocked the other.
       *     - `export-unknown`: You have no such export, or its time is over; ask for another one.
       *     - `scheduled-post-unknown`: There is no such scheduled post.
       *     - `scheduled-post-begun`: The post is being published, or was; it can’t be changed here any more.
       *     - `scheduled-message-unknown`: There is no such scheduled message.
       *     - `scheduled-message-begun`: The message is being sent, or was; it can’t be changed here any more.
       *     - `message-send-at-out-of-range`: `sendAt` must be a time to come, at most {days} days ahead.
       *     - `publish-at-out-of-range`: `publishAt` must be a time to come, at most {days} days ahead.
       *     - `media-unknown`: You have no such picture or video, or nothing used it for long and it was removed; upload it again.
       *     - `media-not-ready`: The picture or video is still being prepared; try again in a moment.
       *     - `media-type-refused`: Only pictures (JPEG, PNG, WebP, GIF, AVIF) and videos (MP4, WebM) can be shown here; recordings and files only in messages.
       *     - `media-heic`: Pictures in HEIC can’t be read; send it as JPEG.
       *     - `media-damaged`: The picture or video is damaged and can’t be read.
       *     - `media-too-many-pixels`: The picture has too many pixels; make it smaller.
       *     - `media-too-costly`: Preparing the picture or video takes too much time or memory; make it smaller.
       *     - `media-too-many`: At most {max} pictures and videos can be used at once.
       *     - `picture-is-video`: A video can’t be a profile’s picture; name a picture.
       *     - `picture-unknown`: There is no such picture.
       *     - `media-twice`: The same picture or video is named twice.
       *     - `upload-conflict`: The upload has come to another place, or has ended; ask with HEAD how much has arrived.
       *     - `upload-too-large`: An upload can have at most {maxBytes} bytes.
       *     - `alt-too-long`: The description has {length} characters; at most {max} are allowed.
       *     - `suspended`: Your account is suspended until {until}: you can read, and write nothing. GET /v1/me/standing says why.
       *     - `suspended-for-good`: Your account is suspended: you can read, and write nothing. GET /v1/me/standing says why.
       *     - `suspension-over`: The suspension would be over already; name a time that is still to come.
       *     - `content-refused`: This can’t be published here; change its words.
       *     - `content-unchecked`: What is published is checked first, and that can’t be done at the moment; try again.
       *     - `same-text`: You have published the same text just now; try again in {retryAfterSeconds} seconds, or say something else.
       *     - `case-unknown`: There is nothing of this kind to decide about.
       *     - `media-not-in-post`: The post has no such picture.
       *     - `moderation-text-too-long`: The text has {length} characters; at most {max} are allowed.
       *     - `appeal-empty`: An appeal needs a text.
       *     - `nothing-to-appeal`: There is no decision against you about this.
       *     - `appealed-already`: You have appealed against this decision already.
       *     - `post-unknown`: There is no such post.
       *     - `post-deleted`: The post was deleted.
       *     - `post-hidden`: Moderators have hidden this post, and it can’t be changed; you can delete it, or appeal.
       *     - `pinned-posts-full`: A profile can have at most {max} pinned posts; unpin one first.
       *     - `post-is-share`: This post only passes on another one: name that one.
       *     - `post-not-public`: Only a post that everybody may read can be quoted or shared.
       *     - `post-too-long`: The text has {length} characters; at most {max} are allowed.
       *     - `post-empty`: A post needs at least one visible character.
       *     - `not-the-author`: Only the author of the post can do that.
       *     - `channel-unknown`: There is no such channel.
       *     - `channel-full`: A channel can have at most {max} members.
       *     - `not-a-group`: A direct channel always has the same two members and no title; open a group instead.
       *     - `title-empty`: A title needs at least one visible character.
       *     - `title-too-long`: The title has {length} characters; at most {max} are allowed.
       *     - `not-the-owner`: Only the owner of the channel can do that.
       *     - `not-an-admin`: Only the owner and the admins of the channel can do that.
       *     - `owner-must-hand-over`: The owner has no other role; hand the channel over to somebody else first.
       *     - `member-unknown`: The person is no member of the channel.
       *     - `too-many-admins`: A channel can have at most {max} admins.
       *     - `description-too-long`: The description has {length} characters; at most {max} are allowed.
       *     - `invitation-link-invalid`: The link leads to no group: it is wrong, or has expired, was used up or was revoked.
       *     - `link-expiry-out-of-range`: `expiresAt` must be a time to come, at most {days} days ahead.
       *     - `too-many-links`: A channel can have at most {max} invitation links; revoke one first.
       *     - `too-many-join-requests`: So many people ask to join that there is no room for more ({max}); try again later.
       *     - `too-many-invitations`: So many people are invited and have not answered that there is no room for more ({max}); withdraw some, or make a link.
       *     - `join-request-unknown`: There is no such request to join.
       *     - `mute-until-out-of-range`: `until` must be a time to come, at most {days} days ahead.
       *     - `invitation-unknown`: There is no such invitation, or it was withdrawn.
       *     - `message-request-unknown`: There is no such message request.
       *     - `search-empty`: There is no word to search for; type one, or name a sender or `has`.
       *     - `message-unknown`: There is no such message in the channel.
       *     - `message-disappeared`: The message has disappeared.
       *     - `message-withdrawn`: The message was withdrawn.
       *     - `message-too-long`: The text has {length} characters; at most {max} are allowed.
       *     - `message-empty`: A message needs at least one visible character.
       *     - `not-the-sender`: Only the sender of the message can do that.
       *     - `emoji-invalid`: A reaction is one emoji of at most {max} characters.
       *     - `too-many-reactions`: A message has at most {max} kinds of reaction; use one that it has.
       *     - `too-many-entities`: A message can have at most {max} entities.
       *     - `entity-invalid`: The entity at {place} doesn’t fit: it must lie in the text, overlap no other but one that it lies in, hold nothing where it is code, and a link must be http, https or mailto.
       *     - `links-too-long`: The links of a message can have at most {max} characters together.
       *     - `file-name-empty`: A file’s name needs at least one visible character.
       *     - `file-name-too-long`: The file’s name has {length} characters; at most {max} are allowed.
       *     - `quote-invalid`: The quoted part is not in the message that you reply to.
       *     - `quote-too-long`: At most {max} characters can be quoted.
       *     - `pins-full`: A channel can have at most {max} pinned messages; unpin one first.
       *     - `too-many-mentions`: A message can mention at most {max} people.
       *     - `app-unknown`: There is no such app.
       *     - `app-disabled`: The app is disabled.
       *     - `sender-identity-invalid`: The sender identity can’t be used: {field} has no form that a vendor takes.
       *     - `app-secret-replaced`: This secret was replaced; only the newest one may change what gives access.
       *     - `category-invalid`: The category can’t be declared: {detail}.
       *     - `categories-full`: An app can declare at most {max} categories; remove one first.
       *     - `not-enrolled`: An app can notify only people who have enrolled with it; {person} has not.
       *     - `notification-unknown`: There is no such notification.
       *     - `categories-read-full`: You have read {max} categories to different moments; mark the notifications of all categories as read instead.
       *     - `notification-cancelled`: The notification was cancelled.
       *     - `failover-invalid`: The failover can’t be followed: {detail}.
       *     - `scope-missing`: The key that signed this has no scope for it; it needs {scope}.
       *     - `scope-by-operators`: Only an operator gives the scope {scope} to a key.
       *     - `part-out-of-range`: There is no part {part} of {of}: the first is 0.
       *     - `changes-cursor-invalid`: The cursor is not one that this projection’s changes came with.
       *     - `changes-filter-invalid`: The changes can’t be filtered so: {detail}.
       *     - `part-taken`: Somebody else works on this part; try again in {retryAfterSeconds} seconds.
       *     - `app-keys-full`: An app can have at most {max} keys beside its secret; remove one first.
       *     - `quota-exceeded`: Your app has used up its quota of {quota}; try again in {retryAfterSeconds} seconds.
       *     - `recipients-missing`: A notification needs at least one recipient and at least one channel.
       *     - `content-missing`: A notification needs content with at least one visible character, or a template that renders to some.
       *     - `too-many-recipients`: A request can name at most {max} recipients; split it.
       *     - `recipients-or-list`: A notification goes to recipients or to a list; name one of them.
       *     - `list-unknown`: There is no such list.
       *     - `too-many-members`: A change can name at most {max} members; split it.
       *     - `not-a-campaign`: The notification names its recipients; only one that goes to a list can be paused and resumed.
       *     - `campaign-finished`: All that was to be planned of the notification is planned; cancel it instead.
       *     - `content-too-large`: The content has {length} bytes; at most {max} are allowed.
       *     - `content-fits-no-channel`: The content has {characters} characters and {bytes} bytes; none of its channels ({channels}) takes so much.
       *     - `send-at-too-far`: A notification can be scheduled at most {maxDays} days ahead.
       *     - `send-at-twice`: A notification is sent at a moment or at a time on each recipient’s clock; send sendAt or sendAtLocal.
       *     - `schedule-unknown`: There is no such schedule.
       *     - `schedule-over`: The schedule is over: it was cancelled, or its rule does not come round any more.
       *     - `schedule-rule-invalid`: The rule can’t be used: {detail}.
       *     - `expires-before-sending`: The notification would expire before it is sent; change ttlSeconds or sendAt.
       *     - `delivery-unknown`: There is no such delivery.
       *     - `delivery-status-conflict`: The delivery is {status}, so this is not possible any more.
       *     - `funnel-too-large`: There is too much to add up at once; ask for fewer days, at most {maxDays}.
       *     - `template-unknown`: There is no such template or version.
       *     - `template-invalid`: The template can’t be used: {detail}
       *     - `parameter-missing`: The template needs the parameter {parameter}; send it in parameters.
       *     - `parameter-invalid`: The parameter {path} {detail}.
       *     - `webhook-unknown`: The app has no webhook; set one first.
       *     - `webhook-message-unknown`: There is no such message to the app’s webhook.
       *     - `webhook-url-invalid`: A webhook needs an https: address without credentials and without a fragment.
       *     - `unsubscribe-token-invalid`: This link to unsubscribe is damaged; use the one in the message, or your settings.
       *     - `routing-invalid`: These rules can’t route deliveries: {detail}.
       *     - `link-invalid`: This link is none of ours, or was changed on its way.
       *     - `callback-invalid`: The callback is not signed by its vendor.
       * @enum {string}
       */
      code:
        | 'bad-json'
        | 'bad-request'
        | 'unsupported-media-type'
        | 'body-too-large'
        | 'headers-too-large'
        | 'request-too-slow'
        | 'route-unknown'
        | 'method-not-allowed'
        | 'bad-frame'
        | 'text-malformed'
        | 'text-not-one-line'
        | 'text-turns-direction'
        | 'token-missing'
        | 'token-invalid'
        | 'token-expired'
        | 'session-ended'
        | 'device-removed'
        | 'login-failed'
        | 'login-not-recent'
        | 'password-wrong'
        | 'password-too-common'
        | 'password-has-login-name'
        | 'login-ticket-invalid'
        | 'account-claim-invalid'
        | 'second-factor-wrong'
        | 'second-factor-unknown'
        | 'second-factors-full'
        | 'session-unknown'
        | 'signature-missing'
        | 'signature-invalid'
        | 'signature-expired'
        | 'signature-replayed'
        | 'forbidden'
        | 'role-too-low'
        | 'reason-missing'
        | 'reason-too-long'
        | 'operator-name-invalid'
        | 'operator-name-taken'
        | 'operator-unknown'
        | 'operators-full'
        | 'origin-not-allowed'
        | 'idempotency-key-reused'
        | 'command-expired'
        | 'clock-skew'
        | 'write-contention'
        | 'rate-limited'
        | 'gateway-full'
        | 'queue-full'
        | 'log-unavailable'
        | 'store-unavailable'
        | 'views-not-ready'
        | 'views-damaged'
        | 'position-not-reached'
        | 'position-invalid'
        | 'position-of-another-log'
        | 'internal-error'
        | 'login-taken'
        | 'person-unknown'
        | 'person-erased'
        | 'name-empty'
        | 'name-too-long'
        | 'about-too-long'
        | 'code-invalid'
        | 'phone-number-invalid'
        | 'endpoint-unknown'
        | 'language-unknown'
        | 'country-unknown'
        | 'time-zone-unknown'
        | 'quiet-hours-invalid'
        | 'digest-invalid'
        | 'category-mandatory'
        | 'preferences-full'
        | 'self-not-allowed'
        | 'friends-full'
        | 'follows-full'
        | 'mutes-full'
        | 'blocks-full'
        | 'friend-request-unknown'
        | 'friend-request-pending'
        | 'not-the-recipient'
        | 'not-the-requester'
        | 'friend-reservation-expired'
        | 'already-friends'
        | 'not-a-friend'
        | 'blocked'
        | 'export-unknown'
        | 'scheduled-post-unknown'
        | 'scheduled-post-begun'
        | 'scheduled-message-unknown'
        | 'scheduled-message-begun'
        | 'message-send-at-out-of-range'
        | 'publish-at-out-of-range'
        | 'media-unknown'
        | 'media-not-ready'
        | 'media-type-refused'
        | 'media-heic'
        | 'media-damaged'
        | 'media-too-many-pixels'
        | 'media-too-costly'
        | 'media-too-many'
        | 'picture-is-video'
        | 'picture-unknown'
        | 'media-twice'
        | 'upload-conflict'
        | 'upload-too-large'
        | 'alt-too-long'
        | 'suspended'
        | 'suspended-for-good'
        | 'suspension-over'
        | 'content-refused'
        | 'content-unchecked'
        | 'same-text'
        | 'case-unknown'
        | 'media-not-in-post'
        | 'moderation-text-too-long'
        | 'appeal-empty'
        | 'nothing-to-appeal'
        | 'appealed-already'
        | 'post-unknown'
        | 'post-deleted'
        | 'post-hidden'
        | 'pinned-posts-full'
        | 'post-is-share'
        | 'post-not-public'
        | 'post-too-long'
        | 'post-empty'
        | 'not-the-author'
        | 'channel-unknown'
        | 'channel-full'
        | 'not-a-group'
        | 'title-empty'
        | 'title-too-long'
        | 'not-the-owner'
        | 'not-an-admin'
        | 'owner-must-hand-over'
        | 'member-unknown'
        | 'too-many-admins'
        | 'description-too-long'
        | 'invitation-link-invalid'
        | 'link-expiry-out-of-range'
        | 'too-many-links'
        | 'too-many-join-requests'
        | 'too-many-invitations'
        | 'join-request-unknown'
        | 'mute-until-out-of-range'
        | 'invitation-unknown'
        | 'message-request-unknown'
        | 'search-empty'
        | 'message-unknown'
        | 'message-disappeared'
        | 'message-withdrawn'
        | 'message-too-long'
        | 'message-empty'
        | 'not-the-sender'
        | 'emoji-invalid'
        | 'too-many-reactions'
        | 'too-many-entities'
        | 'entity-invalid'
        | 'links-too-long'
        | 'file-name-empty'
        | 'file-name-too-long'
        | 'quote-invalid'
        | 'quote-too-long'
        | 'pins-full'
        | 'too-many-mentions'
        | 'app-unknown'
        | 'app-disabled'
        | 'sender-identity-invalid'
        | 'app-secret-replaced'
        | 'category-invalid'
        | 'categories-full'
        | 'not-enrolled'
        | 'notification-unknown'
        | 'categories-read-full'
        | 'notification-cancelled'
        | 'failover-invalid'
        | 'scope-missing'
        | 'scope-by-operators'
        | 'part-out-of-range'
        | 'changes-cursor-invalid'
        | 'changes-filter-invalid'
        | 'part-taken'
        | 'app-keys-full'
        | 'quota-exceeded'
        | 'recipients-missing'
        | 'content-missing'
        | 'too-many-recipients'
        | 'recipients-or-list'
        | 'list-unknown'
        | 'too-many-members'
        | 'not-a-campaign'
        | 'campaign-finished'
        | 'content-too-large'
        | 'content-fits-no-channel'
        | 'send-at-too-far'
        | 'send-at-twice'
        | 'schedule-unknown'
        | 'schedule-over'
        | 'schedule-rule-invalid'
        | 'expires-before-sending'
        | 'delivery-unknown'
        | 'delivery-status-conflict'
        | 'funnel-too-large'
        | 'template-unknown'
        | 'template-invalid'
        | 'parameter-missing'
        | 'parameter-invalid'
        | 'webhook-unknown'
        | 'webhook-message-unknown'
        | 'webhook-url-invalid'
        | 'unsubscribe-token-invalid'
        | 'routing-invalid'
        | 'link-invalid'
        | 'callback-invalid';
      /** @description A sentence for a person: what happened, and what to do next. */
      detail: string;
      /** @description The values in the sentence of `detail`. */
      facts?: {
        [key: string]: string | number;
      };
      /** @description Every fault of the request, each with a JSON pointer to its place. */
      faults?: {
        at: string;
        message: string;
      }[];
      /** @description The id of the refused request, for your report to the operator. */
      instance?: string;
      /** @description The HTTP status of the response. */
      status: number;
      /** @description The code in words: short, and the same for every occurrence. */
      title: string;
      /** @description A URI that names the kind of problem. */
      type: string;
    };
    Progress: {
      /** @description Why it is finished: everybody is planned, it has expired, the list was removed, or the app disabled. null: it isn’t. */
      because: ('planned' | 'expired' | 'list-removed' | 'app-disabled') | null;
      /**
       * @description When the last range was planned, or it was paused, resumed or finished. null: it has not begun.
       * @example 2026-07-01T09:30:00.000Z
       */
      changedAt: string | null;
      /**
       * @description The list that it goes to.
       * @example 2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f
       */
      list: string;
      /**
       * @description The id of the notification.
       * @example 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d
       */
      notification: string;
      /** @description For how many of them deliveries are planned, or suppressed with a reason. */
      planned: number;
      /** @description How many are planned in a minute, at most, if you said so. */
      ratePerMinute: number | null;
      /**
       * @description When you requested it. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      requestedAt: string;
      /**
       * @description `scheduled`: it has not begun. `finished`: nothing more is planned; `because` says why.
       * @enum {string}
       */
      status: 'scheduled' | 'planning' | 'paused' | 'finished' | 'cancelled';
      /** @description How many members the list had when it began. null: it has not begun. */
      total: number | null;
    };
    QuotedPost: {
      /**
       * @description When it was published. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      author: components['schemas']['NamedPerson'];
      /**
       * @description When it was last edited. null: never.
       * @example 2026-07-01T09:30:00.000Z
       */
      editedAt: string | null;
      entities: components['schemas']['PostEntities'];
      /** @description Moderators have hidden this post of yours from everybody but you. Absent: they have not. */
      hidden?: {
        /**
         * @description When it was hidden. In UTC, in ISO 8601.
         * @example 2026-07-01T09:30:00.000Z
         */
        at: string;
        /** @description What the moderators say to it. */
        statement: string | null;
        /**
         * @description What it was found to be.
         * @enum {string}
         */
        violation: 'spam' | 'harassment' | 'hate' | 'violence' | 'sexual' | 'self-harm' | 'illegal' | 'impersonation' | 'other';
      };
      /**
       * @description The id of the post.
       * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
       */
      id: string;
      /** @description Whether it replies to a post. */
      isReply: boolean;
      /** @description Whether you like it. */
      liked: boolean;
      /** @description The number of likes, without those that a block hides from you. So are the other numbers. */
      likes: number;
      /** @description Its pictures and videos. Absent: it has none. */
      media?: components['schemas']['Media'][];
      /** @description Absent: the text has no link, or nothing is known of where it leads yet. */
      preview?: components['schemas']['LinkPreview'];
      /** @description The number of public posts that quote it. */
      quotes: number;
      /** @description How you react to it; `like` where you like it. null: you don’t. */
      reaction: ('like' | 'love' | 'laugh' | 'wow' | 'sad' | 'angry') | null;
      /**
       * @description The numbers of reactions of other kinds, of those kinds that somebody chose.
       * @example {
       *       "love": 1
       *     }
       */
      reactions: {
        [key: string]: number;
      };
      /** @description The number of replies that everybody may see who may see the post. */
      replies: number;
      /**
       * @description The post that it replies to. null: it is no reply, or you can’t see that post.
       * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
       */
      replyTo: string | null;
      /** @description Whether you share it. */
      shared: boolean;
      /** @description The number of people who share it. */
      shares: number;
      /** @example Hello, world */
      text: string;
      /**
       * @description Who may read it: everybody; friends of the author or, of a reply, of the person who began the thread; or the author alone.
       * @enum {string}
       */
      visibility: 'public' | 'friends' | 'self';
    };
    Receipts: {
      /** @description How many have it. null: it isn’t counted in an announcement channel. */
      delivered: number | null;
      /** @description The number of the other members who may read it. */
      others: number;
      /** @description How many have read it. null: it isn’t counted in an announcement channel. */
      read: number | null;
    };
    ReceivedNotification: {
      /**
       * @description The name of the app that it comes from, where it comes from one.
       * @example Shop
       */
      app?: string;
      /** @description Whether you have archived it. */
      archived: boolean;
      /**
       * @description When it came into your notification centre. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      /**
       * @description The category that the source gave it.
       * @example orders
       */
      category: string;
      /** @description The text as it is now. null: it was erased, or its template can’t be rendered. */
      content: {
        body: string;
        title?: string;
        url?: string;
      } | null;
      /**
       * @description What the notification is about, as in its pushes: `kind` and `notification`; for `chat` the `channel`, the `seq` of the message and the `person` who wrote it; for `feed` the `post` and its `person`; for `app` the `app`; for `security` the `notice`; for `moderation` the `notice`, and the `post` where it is about one; for `export` the `notice` and the `export`.
       * @example {
       *       "kind": "chat",
       *       "notification": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
       *       "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
       *       "seq": "41",
       *       "person": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10"
       *     }
       */
      data: {
        [key: string]: string;
      };
      deliveries: {
        /**
         * @description The channel that it is sent on.
         * @enum {string}
         */
        channel: 'push' | 'sms' | 'email' | 'in-app';
        /**
         * @description The id of the delivery.
         * @example 1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d
         */
        id: string;
        /** @description Why the delivery has this status, where there is a reason. */
        reason: string | null;
        /**
         * @description The status of the delivery. `digested`: it was told together with others, by the notification that the history names in `into`.
         * @enum {string}
         */
        status:
          | 'delivered'
          | 'accepted'
          | 'unknown'
          | 'attempting'
          | 'waiting'
          | 'queued'
          | 'deferred'
          | 'planned'
          | 'digested'
          | 'undelivered'
          | 'failed'
          | 'expired'
          | 'cancelled'
          | 'suppressed';
      }[];
      /**
       * @description The id of the notification.
       * @example 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d
       */
      id: string;
      /** @description Whether you have read it. */
      read: boolean;
      /** @description Whether you have opened your notification centre since. */
      seen: boolean;
      /**
       * @description Where it comes from: an app, your channels, your feed, what protects your account, what moderators decided, or an export that you asked for.
       * @enum {string}
       */
      source: 'app' | 'chat' | 'feed' | 'security' | 'moderation' | 'export';
      /**
       * @description The status of the delivery to you that has come furthest. `requested`: none is planned yet. `digested`: it was told together with others, by the notification that the history names in `into`.
       * @enum {string}
       */
      status:
        | 'delivered'
        | 'accepted'
        | 'unknown'
        | 'attempting'
        | 'waiting'
        | 'queued'
        | 'deferred'
        | 'planned'
        | 'digested'
        | 'undelivered'
        | 'failed'
        | 'expired'
        | 'cancelled'
        | 'suppressed'
        | 'requested';
    };
    Schedule: {
      /**
       * @description The category of what it requests.
       * @example reminders
       */
      category: string;
      /**
       * @description When it changed last. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      changedAt: string;
      /**
       * @description Whose clock says when.
       * @enum {string}
       */
      clock: 'zone' | 'recipient';
      /**
       * @description When you created it. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      createdAt: string;
      /**
       * @description The id of the schedule.
       * @example 2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e
       */
      id: string;
      /**
       * @description What is done with occurrences that went by.
       * @enum {string}
       */
      missed: 'skip' | 'latest' | 'all';
      /** @description The next occurrence. null: none comes, or it is paused. */
      nextOccurrence: {
        /**
         * @description When it is requested; on the clocks of its recipients, when the first clock on Earth shows it. In UTC, in ISO 8601.
         * @example 2026-07-01T09:30:00.000Z
         */
        at: string;
        /**
         * @description What the clock shows, without an offset.
         * @example 2026-07-02T09:00:00
         */
        local: string;
      } | null;
      /** @description How many people it goes to. null: to a list. */
      recipients: number | null;
      /** @description How many occurrences were requested. */
      requested: number;
      /**
       * @description When it comes round.
       * @example FREQ=DAILY
       */
      rule: string;
      /** @description How many were missed, and left out. */
      skipped: number;
      /**
       * @description From when it counts.
       * @example 2026-07-02T09:00:00
       */
      start: string;
      /**
       * @description `ended`: its rule comes round no more.
       * @enum {string}
       */
      status: 'active' | 'paused' | 'cancelled' | 'ended';
      /**
       * @description The zone of its clock, or of recipients who have told none.
       * @example Europe/Berlin
       */
      zone: string;
    };
    ScheduledMessage: {
      /**
       * @description The channel that it is for.
       * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
       */
      channel: string;
      /** @description What parts of the text are. */
      entities: (
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @enum {string} */
            kind: 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code' | 'quote';
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'pre';
            /**
             * @description Of a program.
             * @example typescript
             */
            language?: string;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'link';
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
            /** @example https://example.com/choir */
            url: string;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'mention';
            /**
             * Format: uuid
             * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            person: string;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
      )[];
      /**
       * @description The id of the scheduled message.
       * @example 6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e
       */
      id: string;
      /** @description Uploads of yours. */
      media: {
        alt: string | null;
        media: string;
        name: string | null;
      }[];
      /** @description The ids of those whom it mentions. */
      mentions: string[];
      /**
       * @description Why it could not be sent, as a code. null: it waits.
       * @example channel-unknown
       */
      refusal: string | null;
      /**
       * @description The message that it replies to. null: it is no reply.
       * @example 41
       */
      replyTo: number | null;
      /**
       * @description When it is to be sent, or was. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      sendAt: string;
      /** @example Rehearsal in an hour */
      text: string;
    };
    ScheduledPost: {
      /**
       * @description The id of the scheduled post.
       * @example 5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d
       */
      id: string;
      /** @description Uploads of yours. */
      media: {
        alt: string | null;
        media: string;
      }[];
      /**
       * @description When it is to be published, or was. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      publishAt: string;
      /** @description The post that it quotes. */
      quotes: string | null;
      /**
       * @description Why it could not be published, as a code. null: it waits.
       * @example post-unknown
       */
      refusal: string | null;
      /** @description The post that it replies to. */
      replyTo: string | null;
      /** @example Happy new year */
      text: string;
      /** @enum {string} */
      visibility: 'public' | 'friends' | 'self';
    };
    ScheduleWithOccurrences: {
      /**
       * @description The category of what it requests.
       * @example reminders
       */
      category: string;
      /**
       * @description When it changed last. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      changedAt: string;
      /**
       * @description Whose clock says when.
       * @enum {string}
       */
      clock: 'zone' | 'recipient';
      /**
       * @description When you created it. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      createdAt: string;
      /**
       * @description The id of the schedule.
       * @example 2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e
       */
      id: string;
      /**
       * @description What is done with occurrences that went by.
       * @enum {string}
       */
      missed: 'skip' | 'latest' | 'all';
      /** @description Cursor of the next page. null: this is the last one. */
      next: string | null;
      /** @description The next occurrence. null: none comes, or it is paused. */
      nextOccurrence: {
        /**
         * @description When it is requested; on the clocks of its recipients, when the first clock on Earth shows it. In UTC, in ISO 8601.
         * @example 2026-07-01T09:30:00.000Z
         */
        at: string;
        /**
         * @description What the clock shows, without an offset.
         * @example 2026-07-02T09:00:00
         */
        local: string;
      } | null;
      occurrences: components['schemas']['Occurrence'][];
      /** @description How many people it goes to. null: to a list. */
      recipients: number | null;
      /** @description How many occurrences were requested. */
      requested: number;
      /**
       * @description When it comes round.
       * @example FREQ=DAILY
       */
      rule: string;
      /** @description How many were missed, and left out. */
      skipped: number;
      /**
       * @description From when it counts.
       * @example 2026-07-02T09:00:00
       */
      start: string;
      /**
       * @description `ended`: its rule comes round no more.
       * @enum {string}
       */
      status: 'active' | 'paused' | 'cancelled' | 'ended';
      /**
       * @description The zone of its clock, or of recipients who have told none.
       * @example Europe/Berlin
       */
      zone: string;
    };
    SharedPost: {
      /**
       * @description When it was published. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      author: components['schemas']['NamedPerson'];
      /**
       * @description When it was last edited. null: never.
       * @example 2026-07-01T09:30:00.000Z
       */
      editedAt: string | null;
      entities: components['schemas']['PostEntities'];
      /** @description Moderators have hidden this post of yours from everybody but you. Absent: they have not. */
      hidden?: {
        /**
         * @description When it was hidden. In UTC, in ISO 8601.
         * @example 2026-07-01T09:30:00.000Z
         */
        at: string;
        /** @description What the moderators say to it. */
        statement: string | null;
        /**
         * @description What it was found to be.
         * @enum {string}
         */
        violation: 'spam' | 'harassment' | 'hate' | 'violence' | 'sexual' | 'self-harm' | 'illegal' | 'impersonation' | 'other';
      };
      /**
       * @description The id of the post.
       * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
       */
      id: string;
      /** @description Whether it replies to a post. */
      isReply: boolean;
      /** @description Whether you like it. */
      liked: boolean;
      /** @description The number of likes, without those that a block hides from you. So are the other numbers. */
      likes: number;
      /** @description Its pictures and videos. Absent: it has none. */
      media?: components['schemas']['Media'][];
      /** @description Absent: the text has no link, or nothing is known of where it leads yet. */
      preview?: components['schemas']['LinkPreview'];
      /** @description The post that it quotes; null if it quotes none. Its `post` is null where you can’t see it, for whatever reason. */
      quotedPost: {
        post: components['schemas']['QuotedPost'] | null;
      } | null;
      /** @description The number of public posts that quote it. */
      quotes: number;
      /** @description How you react to it; `like` where you like it. null: you don’t. */
      reaction: ('like' | 'love' | 'laugh' | 'wow' | 'sad' | 'angry') | null;
      /**
       * @description The numbers of reactions of other kinds, of those kinds that somebody chose.
       * @example {
       *       "love": 1
       *     }
       */
      reactions: {
        [key: string]: number;
      };
      /** @description The number of replies that everybody may see who may see the post. */
      replies: number;
      /**
       * @description The post that it replies to. null: it is no reply, or you can’t see that post.
       * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
       */
      replyTo: string | null;
      /** @description Whether you share it. */
      shared: boolean;
      /** @description The number of people who share it. */
      shares: number;
      /** @example Hello, world */
      text: string;
      /**
       * @description Who may read it: everybody; friends of the author or, of a reply, of the person who began the thread; or the author alone.
       * @enum {string}
       */
      visibility: 'public' | 'friends' | 'self';
    };
    Sync: {
      /** @description Lists of yours that have changed: fetch those that you keep, each at `/v1/me/…`. */
      changed: ('friends' | 'friend-requests' | 'follows' | 'mutes' | 'blocks' | 'contacts' | 'devices' | 'invitations' | 'notifications')[];
      /** @description Your channels in which something is new, each as it is now, the last changed first. */
      channels: components['schemas']['InboxRow'][];
      /**
       * @description Send it as `since` with the next request.
       * @example 0.48213
       */
      cursor: string;
      /** @description The ids of channels that you are no member of any more. */
      left: string[];
      /** @description Whether there is more that is new: ask again at once, with the `cursor`. */
      more: boolean;
      /** @description Those who have changed of you, your friends, and the people of your direct channels. */
      people: components['schemas']['SyncedPerson'][];
      /** @description Your preferences. null: they are as they were. */
      preferences: {
        /** @description The ids of the apps that may notify you. */
        apps: string[];
        choices: {
          /**
           * @description Of notifications of this app alone; absent: of all apps, and of Tidings’ own.
           * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
           */
          app?: string;
          /**
           * @description A category, or `*` for every category.
           * @example orders
           */
          category: string;
          /**
           * @description A channel, or `*` for every channel.
           * @enum {string}
           */
          channel: 'push' | 'sms' | 'email' | 'in-app' | '*';
          /** @description Whether you want these notifications. */
          wanted: boolean;
        }[];
        /** @description Which notifications you want several of as one. */
        digests: {
          /**
           * @description The app whose notifications it is about alone. Absent: of all.
           * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
           */
          app?: string;
          /**
           * @description A category, or `*` for every category.
           * @example orders
           */
          category: string;
          /**
           * @description A channel, or `*` for every channel.
           * @enum {string}
           */
          channel: 'push' | 'sms' | 'email' | 'in-app' | '*';
          /** @description One by one; or those of so many minutes after the first, or until a time of day in your time zone, as one. */
          rule:
            | {
                /** @constant */
                kind: 'at-once';
              }
            | {
                /** @constant */
                kind: 'after-first';
                minutes: number;
              }
            | {
                /** @constant */
                kind: 'time-of-day';
                time: string;
              };
        }[];
        /** @description The hours in which notifications wait. null: none. */
        quietHours: {
          /**
           * @description The beginning, inclusive.
           * @example 22:00
           */
          from: string;
          /**
           * @description The end, exclusive.
           * @example 07:00
           */
          until: string;
          /**
           * @description An IANA time zone.
           * @example Europe/London
           */
          zone: string;
        } | null;
      } | null;
      /** @description What others learn of you. null: it is as it was. */
      privacy: components['schemas']['Privacy'] | null;
    };
    SyncedPerson: {
      /** @description Whether the account was deleted. */
      erased: boolean;
      /**
       * @description The id of the person.
       * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
       */
      id: string;
      /**
       * @description The name. null: the person was erased, or is unknown to you.
       * @example Bob
       */
      name: string | null;
      /** @description The picture of the person. null: there is none. */
      picture: components['schemas']['Media'] | null;
    };
    Template: {
      /**
       * @description When its newest version was published. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      changedAt: string;
      /**
       * @description When it was published first. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      createdAt: string;
      /**
       * @description The id of the template.
       * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
       */
      id: string;
      /**
       * @description The language that everybody gets whose own it does not have; `und` where you have not said which.
       * @example en
       */
      language: string;
      /**
       * @description All that it has.
       * @example [
       *       "en",
       *       "de"
       *     ]
       */
      languages: string[];
      /**
       * @description The name that you gave it, if any.
       * @example Order shipped
       */
      name: string | null;
      /** @description Its newest version. */
      version: number;
    };
    TemplateVersion: {
      /**
       * @description When it was published. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      /** @description How notifications fail over across channels whose request doesn’t say. null: not. */
      failover:
        | {
            /** @description How long after a vendor took the messages before. */
            afterMinutes: number;
            /**
             * @description The channel that it goes on with.
             * @enum {string}
             */
            channel: 'push' | 'sms' | 'email' | 'in-app';
            /**
             * @description What keeps it from going on.
             * @enum {string}
             */
            unless: 'delivered' | 'opened';
          }[]
        | null;
      /** @description By language, the texts as you published them. */
      locales: {
        [key: string]: {
          body: string;
          title?: string;
        } & {
          [key: string]: unknown;
        };
      };
      /** @description The schema of the parameters, if you gave one. */
      parameters: {
        [key: string]: unknown;
      } | null;
      /** @description By name, the partials as they were taken in. */
      partials: {
        [key: string]: string;
      };
      /** @description What is recorded of its emails, if you said so. */
      tracking: {
        links?: boolean;
        opens?: boolean;
      } | null;
      /** @description The number of the version, from 1. */
      version: number;
    };
    TemplateWithVersions: {
      /**
       * @description When its newest version was published. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      changedAt: string;
      /**
       * @description When it was published first. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      createdAt: string;
      /**
       * @description The id of the template.
       * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
       */
      id: string;
      /**
       * @description The language that everybody gets whose own it does not have; `und` where you have not said which.
       * @example en
       */
      language: string;
      /**
       * @description All that it has.
       * @example [
       *       "en",
       *       "de"
       *     ]
       */
      languages: string[];
      /**
       * @description The name that you gave it, if any.
       * @example Order shipped
       */
      name: string | null;
      /** @description Cursor of the next page. null: this is the last one. */
      next: string | null;
      /** @description Its newest version. */
      version: number;
      versions: components['schemas']['TemplateVersion'][];
    };
    UnreadChannel: {
      /**
       * @description The `seq` of the oldest unread message of those that are counted: jump to it with `around` of the channel’s messages.
       * @example 41
       */
      first: number;
      inbox: components['schemas']['InboxRow'];
      /** @description The newest unread messages, oldest first: at most 3. */
      newest: components['schemas']['Message'][];
    };
    WebhookMessage: {
      /**
       * @description When it is tried next while it is queued, else when it was sent or given up. In UTC, in ISO 8601.
       * @example 2026-07-01T09:30:00.000Z
       */
      at: string;
      /** @description Attempts that failed. */
      attempts: number;
      /**
       * @description The delivery that it tells of.
       * @example 1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d
       */
      delivery: string;
      /**
       * @description What it tells.
       * @enum {string}
       */
      event:
        | 'delivery.accepted'
        | 'delivery.delivered'
        | 'delivery.undelivered'
        | 'delivery.failed'
        | 'delivery.suppressed'
        | 'delivery.expired'
        | 'delivery.cancelled'
        | 'delivery.digested'
        | 'delivery.opened'
        | 'delivery.clicked'
        | 'delivery.unsubscribed'
        | 'delivery.complained';
      /**
       * @description The message’s `webhook-id`.
       * @example c56a4180-65aa-42ec-a945-5fd21dec0538
       */
      id: string;
      /**
       * @description Why the last of them failed: a status, or why nobody answered.
       * @example 503
       */
      reason: string | null;
      /**
       * @description `queued`: it is tried. `dead`: it was given up, and can be replayed.
       * @enum {string}
       */
      status: 'queued' | 'sent' | 'dead';
    };
  };
  responses: never;
  parameters: {
    /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
    MinPosition: string;
    /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. For clients that can’t send headers, such as a browser’s EventSource. */
    MinPositionInQuery: string;
  };
  requestBodies: never;
  headers: {
    /** @description How many seconds to wait before you try again. */
    RetryAfter: string;
  };
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  findDeliveries: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description Planned on this day or later, in UTC. */
        from?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
        /** @description To this recipient. */
        person?: string;
        /** @description In this status. */
        status?:
          | 'planned'
          | 'deferred'
          | 'queued'
          | 'attempting'
          | 'waiting'
          | 'unknown'
          | 'accepted'
          | 'delivered'
          | 'undelivered'
          | 'suppressed'
          | 'digested'
          | 'failed'
          | 'cancelled'
          | 'expired';
        /** @description Planned on this day or earlier, in UTC. */
        until?: string;
        /** @description Which the vendor knows by this id. */
        vendorId?: string;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "deliveries": [
           *         {
           *           "id": "1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *           "recipient": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *           "channel": "push",
           *           "status": "accepted",
           *           "sandbox": false,
           *           "failoverStep": null,
           *           "reason": null,
           *           "attempts": 1,
           *           "vendor": "outbox",
           *           "engagement": {},
           *           "history": [
           *             {
           *               "what": "delivery-planned",
           *               "at": "2026-07-01T09:30:00.000Z"
           *             },
           *             {
           *               "what": "attempt-accepted",
           *               "at": "2026-07-01T09:30:00.000Z"
           *             }
           *           ],
           *           "notification": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *           "category": "orders",
           *           "template": "4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a",
           *           "vendorId": "SM1b2c3d4e5f605a7b8c9d0e1f2a3b4c5d",
           *           "plannedAt": "2026-07-01T09:30:00.000Z",
           *           "changedAt": "2026-07-01T09:35:12.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            deliveries: components['schemas']['FoundDelivery'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getFunnel: {
    parameters: {
      query: {
        /** @description Returns a row for each day, category, template or channel, or each combination of these. Without it: one row of everything. */
        by?: string;
        /** @description Only of this category. */
        category?: string;
        /** @description Only of this channel. What was requested is of none, and 0 then. */
        channel?: 'push' | 'sms' | 'email' | 'in-app';
        /** @description The first day, in UTC. */
        from: string;
        /** @description Only of this template. */
        template?: string;
        /** @description The last day. At most 92 days are counted at once. */
        until: string;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "rows": [
           *         {
           *           "day": "2026-07-01",
           *           "requested": 120,
           *           "created": 1000,
           *           "planned": 1320,
           *           "sent": 1250,
           *           "delivered": 1100,
           *           "opened": 400,
           *           "clicked": 90,
           *           "inProgress": 0,
           *           "suppressed": 60,
           *           "failed": 10,
           *           "undelivered": 20,
           *           "expired": 0,
           *           "cancelled": 0,
           *           "digested": 0,
           *           "unsubscribed": 2,
           *           "complained": 0,
           *           "reasons": [
           *             {
           *               "end": "suppressed",
           *               "reason": "opted-out",
           *               "deliveries": 60
           *             }
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': {
            rows: components['schemas']['FunnelRow'][];
          };
        };
      };
    };
  };
  getWebhookMessages: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
        /** @description Which of them. */
        status?: 'queued' | 'sent' | 'dead';
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "messages": [
           *         {
           *           "id": "c56a4180-65aa-42ec-a945-5fd21dec0538",
           *           "event": "delivery.delivered",
           *           "delivery": "1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *           "status": "dead",
           *           "attempts": 22,
           *           "reason": "503",
           *           "at": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            messages: components['schemas']['WebhookMessage'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getCategories: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "categories": [
           *         {
           *           "category": "orders",
           *           "language": "en",
           *           "locales": {
           *             "en": {
           *               "title": "Orders",
           *               "description": "When an order is paid, sent and delivered."
           *             },
           *             "de": {
           *               "title": "Bestellungen"
           *             }
           *           },
           *           "mandatory": false,
           *           "default": "in",
           *           "channels": [
           *             "push",
           *             "email"
           *           ],
           *           "perDayMax": 5,
           *           "digestTemplate": null,
           *           "digest": null,
           *           "failover": null,
           *           "declaredAt": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            categories: components['schemas']['Category'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getChannel: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "kind": "direct",
           *       "title": null,
           *       "description": null,
           *       "picture": null,
           *       "owner": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "role": "member",
           *       "history": "all",
           *       "readsFrom": 0,
           *       "memberCount": 2,
           *       "members": [
           *         {
           *           "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *           "name": "Ada",
           *           "role": "member",
           *           "readUpTo": 41,
           *           "deliveredUpTo": null
           *         },
           *         {
           *           "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *           "name": "Bob",
           *           "role": "member",
           *           "readUpTo": 40,
           *           "deliveredUpTo": 41
           *         }
           *       ],
           *       "invited": [],
           *       "request": null,
           *       "disappearAfterSeconds": null,
           *       "openedAt": "2026-07-01T09:30:00.000Z",
           *       "headSeq": 41
           *     }
           */
          'application/json': components['schemas']['Channel'];
        };
      };
    };
  };
  getJoinRequests: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "requests": [
           *         {
           *           "person": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "at": "2026-07-01T09:30:00.000Z"
           *         }
           *       ]
           *     }
           */
          'application/json': {
            requests: components['schemas']['JoinRequest'][];
          };
        };
      };
    };
  };
  getInvitationLinks: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "links": [
           *         {
           *           "link": "4b3a2918-0f7e-5d6c-8b4a-9382716f5e4d",
           *           "by": {
           *             "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *             "name": "Ada"
           *           },
           *           "uses": 3,
           *           "usesMax": 20,
           *           "expiresAt": "2026-07-01T09:35:12.000Z",
           *           "approval": true,
           *           "at": "2026-07-01T09:30:00.000Z"
           *         }
           *       ]
           *     }
           */
          'application/json': {
            links: components['schemas']['InvitationLink'][];
          };
        };
      };
    };
  };
  getMembers: {
    parameters: {
      query?: {
        /** @description The `next` of the page before. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "members": [
           *         {
           *           "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *           "name": "Bob"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            members: components['schemas']['NamedPerson'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getMessages: {
    parameters: {
      query?: {
        after?: number;
        around?: number;
        at?: string;
        before?: number;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "messages": [
           *         {
           *           "seq": 41,
           *           "sender": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *           "text": "Hello Bob",
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "clientId": "0197c5b0-9d3e-7c41-a6f2-3b8e5d7f9a01",
           *           "replyTo": null,
           *           "mentions": [
           *             "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *           ],
           *           "entities": [
           *             {
           *               "kind": "mention",
           *               "from": 6,
           *               "to": 9,
           *               "person": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *             }
           *           ],
           *           "media": [],
           *           "quote": null,
           *           "preview": null,
           *           "expiresAt": null,
           *           "editedAt": null,
           *           "notice": null,
           *           "withdrawn": false,
           *           "reactions": {
           *             "👍": [
           *               "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *             ]
           *           }
           *         }
           *       ],
           *       "more": true,
           *       "older": 41,
           *       "newer": null
           *     }
           */
          'application/json': {
            messages: components['schemas']['Message'][];
            /** @description Whether there are more messages in that direction; of a page around something, in either. */
            more: boolean;
            /**
             * @description Send it as `after` for the messages after this page. null: there are none.
             * @example 41
             */
            newer: number | null;
            /**
             * @description Send it as `before` for the messages before this page. null: there are none.
             * @example 41
             */
            older: number | null;
          };
        };
      };
    };
  };
  getMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The `seq` of the message. */
        message: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "seq": 41,
           *       "sender": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "text": "Hello Bob",
           *       "at": "2026-07-01T09:30:00.000Z",
           *       "clientId": "0197c5b0-9d3e-7c41-a6f2-3b8e5d7f9a01",
           *       "replyTo": null,
           *       "mentions": [
           *         "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *       ],
           *       "entities": [
           *         {
           *           "kind": "mention",
           *           "from": 6,
           *           "to": 9,
           *           "person": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *         }
           *       ],
           *       "media": [],
           *       "quote": null,
           *       "preview": null,
           *       "expiresAt": null,
           *       "editedAt": null,
           *       "notice": null,
           *       "withdrawn": false,
           *       "reactions": {
           *         "👍": [
           *           "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *         ]
           *       }
           *     }
           */
          'application/json': components['schemas']['Message'];
        };
      };
    };
  };
  getMessageEdits: {
    parameters: {
      query?: {
        before?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The `seq` of the message. */
        message: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "edits": [
           *         {
           *           "seq": 41,
           *           "text": "Helo Bob",
           *           "entities": [],
           *           "at": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            edits: {
              /**
               * @description From when on it was so. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              at: string;
              /** @description What parts of it were. */
              entities: (
                | {
                    /**
                     * @description Where it begins in the text, counted in Unicode code points.
                     * @example 6
                     */
                    from: number;
                    /** @enum {string} */
                    kind: 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code' | 'quote';
                    /**
                     * @description Behind its last character.
                     * @example 9
                     */
                    to: number;
                  }
                | {
                    /**
                     * @description Where it begins in the text, counted in Unicode code points.
                     * @example 6
                     */
                    from: number;
                    /** @constant */
                    kind: 'pre';
                    /**
                     * @description Of a program.
                     * @example typescript
                     */
                    language?: string;
                    /**
                     * @description Behind its last character.
                     * @example 9
                     */
                    to: number;
                  }
                | {
                    /**
                     * @description Where it begins in the text, counted in Unicode code points.
                     * @example 6
                     */
                    from: number;
                    /** @constant */
                    kind: 'link';
                    /**
                     * @description Behind its last character.
                     * @example 9
                     */
                    to: number;
                    /** @example https://example.com/choir */
                    url: string;
                  }
                | {
                    /**
                     * @description Where it begins in the text, counted in Unicode code points.
                     * @example 6
                     */
                    from: number;
                    /** @constant */
                    kind: 'mention';
                    /**
                     * Format: uuid
                     * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
                     */
                    person: string;
                    /**
                     * @description Behind its last character.
                     * @example 9
                     */
                    to: number;
                  }
              )[];
              /**
               * @description The `seq` of the entry that brought this text.
               * @example 41
               */
              seq: number;
              /** @example Helo Bob */
              text: string;
            }[];
            /**
             * @description The cursor of the next page. null: this is the last one.
             * @example 41
             */
            next: number | null;
          };
        };
      };
    };
  };
  getMessageMedia: {
    parameters: {
      query?: {
        /** @description Whose address it is. */
        for?: string;
        /** @description What makes the address good. */
        signature?: string;
        /** @description Until when it is good, in seconds since 1970. */
        until?: number;
        /** @description In which size: all of it, if it is absent, or a smaller picture where there is one. */
        variant?: 'full' | 'medium' | 'small';
      };
      header?: {
        /** @description The `ETag` of what you have: where it is the same, the answer is 304. */
        'If-None-Match'?: string;
        /** @description Which bytes of it (RFC 9110); one range. */
        Range?: string;
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The `seq` of the message. */
        message: number;
        /** @description Which of its pictures and files, from 0; or `preview`, the picture of the page that its first link leads to. */
        place: 'preview' | number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/octet-stream': string;
        };
      };
      /** @description The range that was asked for. */
      206: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/json': string;
        };
      };
    };
  };
  getReceipts: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The `seq` of the message. */
        seq: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "others": 9,
           *       "delivered": 7,
           *       "read": 4
           *     }
           */
          'application/json': components['schemas']['Receipts'];
        };
      };
    };
  };
  getChannelPicture: {
    parameters: {
      query?: {
        /** @description Whose address it is. */
        for?: string;
        /** @description What makes the address good. */
        signature?: string;
        /** @description Until when it is good, in seconds since 1970. */
        until?: number;
        /** @description In which size: all of it, if it is absent. */
        variant?: 'full' | 'medium' | 'small';
      };
      header?: {
        /** @description The `ETag` of what you have: where it is the same, the answer is 304. */
        'If-None-Match'?: string;
        /** @description Which bytes of it (RFC 9110); one range. */
        Range?: string;
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description Of which picture, from the channel. */
        tag: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/octet-stream': string;
        };
      };
      /** @description The range that was asked for. */
      206: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/json': string;
        };
      };
    };
  };
  getPins: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "pins": [
           *         {
           *           "seq": 41,
           *           "sender": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *           "text": "Hello Bob",
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "clientId": "0197c5b0-9d3e-7c41-a6f2-3b8e5d7f9a01",
           *           "replyTo": null,
           *           "mentions": [
           *             "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *           ],
           *           "entities": [
           *             {
           *               "kind": "mention",
           *               "from": 6,
           *               "to": 9,
           *               "person": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *             }
           *           ],
           *           "media": [],
           *           "quote": null,
           *           "preview": null,
           *           "expiresAt": null,
           *           "editedAt": null,
           *           "notice": null,
           *           "withdrawn": false,
           *           "reactions": {
           *             "👍": [
           *               "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *             ]
           *           }
           *         }
           *       ],
           *       "gone": [
           *         12
           *       ],
           *       "more": false
           *     }
           */
          'application/json': {
            /** @description The `seq`s of pinned messages that nobody reads any more: unpin them, for each takes a place. */
            gone: number[];
            /** @description Whether there are more, which are too long for one response: unpin some. */
            more: boolean;
            pins: components['schemas']['Message'][];
          };
        };
      };
    };
  };
  getExportArchive: {
    parameters: {
      query: {
        /** @description What makes the address good. */
        signature: string;
        /** @description Until when the address is good, in seconds since 1970. */
        until: number;
      };
      header?: {
        /** @description The `ETag` of what you have: where it is the same, the answer is 304. */
        'If-None-Match'?: string;
        /** @description Which bytes of it (RFC 9110); one range. */
        Range?: string;
      };
      path: {
        /** @description The id of an export. */
        export: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/octet-stream': string;
        };
      };
      /** @description The range that was asked for. */
      206: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/json': string;
        };
      };
    };
  };
  getLists: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "lists": [
           *         {
           *           "id": "2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *           "name": "Subscribers",
           *           "members": 20000,
           *           "createdAt": "2026-07-01T09:30:00.000Z",
           *           "changedAt": "2026-07-01T09:35:12.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            lists: components['schemas']['List'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getList: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a list. */
        list: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *       "name": "Subscribers",
           *       "members": 20000,
           *       "createdAt": "2026-07-01T09:30:00.000Z",
           *       "changedAt": "2026-07-01T09:35:12.000Z"
           *     }
           */
          'application/json': components['schemas']['List'];
        };
      };
    };
  };
  getListMembers: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a list. */
        list: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "members": [
           *         "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10"
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            members: string[];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getMe: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "name": "Ada",
           *       "about": "Engines, mostly analytical",
           *       "picture": null,
           *       "timeZone": "Europe/London",
           *       "since": "2026-07-01T09:30:00.000Z",
           *       "erased": false,
           *       "followers": 12,
           *       "follows": 7,
           *       "findable": true,
           *       "language": "en-GB",
           *       "country": "GB"
           *     }
           */
          'application/json': components['schemas']['Me'];
        };
      };
    };
  };
  getBlocks: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "people": [
           *         {
           *           "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *           "name": "Bob",
           *           "since": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            people: {
              /**
               * @description The id of the person.
               * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
               */
              id: string;
              /**
               * @description The name of the person. null: the person was erased, or is unknown to you.
               * @example Bob
               */
              name: string | null;
              /** @description The address of the person’s picture in its smallest size, as profiles have it. Absent: there is none, or it is not for you. */
              picture?: string;
              /**
               * @description Since when. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              since: string;
            }[];
          };
        };
      };
    };
  };
  getBookmarks: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "posts": [
           *         {
           *           "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *           "author": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "text": "Hello, world",
           *           "entities": {
           *             "links": [],
           *             "mentions": [],
           *             "hashtags": []
           *           },
           *           "visibility": "public",
           *           "isReply": false,
           *           "replyTo": null,
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "editedAt": null,
           *           "likes": 2,
           *           "reactions": {
           *             "love": 1
           *           },
           *           "replies": 1,
           *           "quotes": 0,
           *           "shares": 0,
           *           "liked": true,
           *           "reaction": "like",
           *           "shared": false,
           *           "quotedPost": null,
           *           "sharedPost": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            posts: components['schemas']['Post'][];
          };
        };
      };
    };
  };
  getChatMentions: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "mentions": [
           *         {
           *           "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *           "message": {
           *             "seq": 41,
           *             "sender": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *             "text": "Hello Bob",
           *             "at": "2026-07-01T09:30:00.000Z",
           *             "clientId": "0197c5b0-9d3e-7c41-a6f2-3b8e5d7f9a01",
           *             "replyTo": null,
           *             "mentions": [
           *               "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *             ],
           *             "entities": [
           *               {
           *                 "kind": "mention",
           *                 "from": 6,
           *                 "to": 9,
           *                 "person": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *               }
           *             ],
           *             "media": [],
           *             "quote": null,
           *             "preview": null,
           *             "expiresAt": null,
           *             "editedAt": null,
           *             "notice": null,
           *             "withdrawn": false,
           *             "reactions": {
           *               "👍": [
           *                 "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *               ]
           *             }
           *           }
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            mentions: components['schemas']['MessageMention'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getContacts: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "contacts": [
           *         {
           *           "kind": "email",
           *           "address": "ada@example.org",
           *           "confirmed": true,
           *           "blocked": null
           *         }
           *       ]
           *     }
           */
          'application/json': {
            contacts: {
              /**
               * @description The address, with the domain of an email address in its own script.
               * @example ada@example.org
               */
              address: string;
              /** @description Why nothing is sent to the address any more. null: it is not blocked. */
              blocked: string | null;
              /** @description Whether you have confirmed it. Until then nothing but the code is sent to it. */
              confirmed: boolean;
              /**
               * @description The kind of contact.
               * @enum {string}
               */
              kind: 'email' | 'phone';
            }[];
          };
        };
      };
    };
  };
  getDevices: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "devices": [
           *         {
           *           "id": "phone-7f3a",
           *           "platform": "fcm",
           *           "app": null,
           *           "since": "2026-07-01T09:30:00.000Z"
           *         }
           *       ]
           *     }
           */
          'application/json': {
            devices: {
              /**
               * @description Only notifications of this app are pushed to the device. null: of every app.
               * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
               */
              app: string | null;
              /**
               * @description The id of the device.
               * @example phone-7f3a
               */
              id: string;
              /**
               * @description The push service of the device.
               * @enum {string}
               */
              platform: 'fcm' | 'apns' | 'web' | 'jpush' | 'pushy';
              /**
               * @description When you registered it. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              since: string;
            }[];
          };
        };
      };
    };
  };
  getExports: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "exports": [
           *         {
           *           "id": "9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *           "subject": "channel",
           *           "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *           "status": "making",
           *           "percent": 42,
           *           "messages": 17000,
           *           "posts": 0,
           *           "media": 12,
           *           "leftOut": 0,
           *           "bytes": null,
           *           "reason": null,
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "expiresAt": null,
           *           "url": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            exports: components['schemas']['Export'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getFeed: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "posts": [
           *         {
           *           "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *           "author": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "text": "Hello, world",
           *           "entities": {
           *             "links": [],
           *             "mentions": [],
           *             "hashtags": []
           *           },
           *           "visibility": "public",
           *           "isReply": false,
           *           "replyTo": null,
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "editedAt": null,
           *           "likes": 2,
           *           "reactions": {
           *             "love": 1
           *           },
           *           "replies": 1,
           *           "quotes": 0,
           *           "shares": 0,
           *           "liked": true,
           *           "reaction": "like",
           *           "shared": false,
           *           "quotedPost": null,
           *           "sharedPost": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            posts: components['schemas']['Post'][];
          };
        };
      };
    };
  };
  followFeed: {
    parameters: {
      query?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. For clients that can’t send headers, such as a browser’s EventSource. */
        'min-position'?: components['parameters']['MinPositionInQuery'];
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The stream. Its events are `ready` and `missed` without data, and `post`. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example event: ready
           *     data: {}
           *
           *     event: post
           *     data: {"id":"01JZ3V8C9KQ4N7T2W5X6Y8ZABC","author":{"id":"9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31","name":"Bob"},"text":"Hello, world","entities":{"links":[],"mentions":[],"hashtags":[]},"visibility":"public","isReply":false,"replyTo":null,"at":"2026-07-01T09:30:00.000Z","editedAt":null,"likes":2,"reactions":{"love":1},"replies":1,"quotes":0,"shares":0,"liked":true,"reaction":"like","shared":false,"quotedPost":null,"sharedPost":null}
           */
          'text/event-stream': string;
        };
      };
    };
  };
  getFollows: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "people": [
           *         {
           *           "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *           "name": "Bob",
           *           "since": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            people: {
              /**
               * @description The id of the person.
               * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
               */
              id: string;
              /**
               * @description The name of the person. null: the person was erased, or is unknown to you.
               * @example Bob
               */
              name: string | null;
              /** @description The address of the person’s picture in its smallest size, as profiles have it. Absent: there is none, or it is not for you. */
              picture?: string;
              /**
               * @description Since when. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              since: string;
            }[];
          };
        };
      };
    };
  };
  getFriendRequests: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "received": [
           *         {
           *           "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *           "person": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "at": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "sent": []
           *     }
           */
          'application/json': {
            received: {
              /**
               * @description When it was sent. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              at: string;
              /**
               * @description The id of the request.
               * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
               */
              id: string;
              /** @description The other person. */
              person: components['schemas']['NamedPerson'];
            }[];
            sent: {
              /**
               * @description When it was sent. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              at: string;
              /**
               * @description The id of the request.
               * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
               */
              id: string;
              /** @description The other person. */
              person: components['schemas']['NamedPerson'];
            }[];
          };
        };
      };
    };
  };
  getFriends: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "people": [
           *         {
           *           "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *           "name": "Bob",
           *           "since": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            people: {
              /**
               * @description The id of the person.
               * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
               */
              id: string;
              /**
               * @description The name of the person. null: the person was erased, or is unknown to you.
               * @example Bob
               */
              name: string | null;
              /** @description The address of the person’s picture in its smallest size, as profiles have it. Absent: there is none, or it is not for you. */
              picture?: string;
              /**
               * @description Since when. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              since: string;
            }[];
          };
        };
      };
    };
  };
  getInbox: {
    parameters: {
      query?: {
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "channels": [
           *         {
           *           "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *           "kind": "direct",
           *           "title": null,
           *           "with": [
           *             {
           *               "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *               "name": "Bob"
           *             }
           *           ],
           *           "unread": 1,
           *           "mentions": [
           *             41
           *           ],
           *           "request": null,
           *           "muted": false,
           *           "mutedUntil": null,
           *           "level": "all",
           *           "badge": 1,
           *           "readUpTo": 40,
           *           "headSeq": 41,
           *           "last": {
           *             "seq": 41,
           *             "sender": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "text": "Hello Ada",
           *             "media": [],
           *             "at": "2026-07-01T09:30:00.000Z",
           *             "expiresAt": null
           *           }
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            channels: components['schemas']['InboxRow'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getInvitations: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "invitations": [
           *         {
           *           "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *           "title": "Us",
           *           "by": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "members": 3,
           *           "at": "2026-07-01T09:30:00.000Z"
           *         }
           *       ]
           *     }
           */
          'application/json': {
            invitations: components['schemas']['Invitation'][];
          };
        };
      };
    };
  };
  getMyJoinRequests: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "requests": [
           *         {
           *           "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *           "at": "2026-07-01T09:30:00.000Z"
           *         }
           *       ]
           *     }
           */
          'application/json': {
            requests: {
              /**
               * @description When you asked. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              at: string;
              /**
               * @description The id of the group.
               * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
               */
              channel: string;
            }[];
          };
        };
      };
    };
  };
  getMyMedia: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a picture or a video. */
        media: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "ready",
           *       "fault": null,
           *       "kind": "image",
           *       "width": 4000,
           *       "height": 3000,
           *       "blurHash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
           *       "durationMs": null
           *     }
           */
          'application/json': {
            blurHash: string | null;
            durationMs: number | null;
            /** @description The code of why it was refused. */
            fault: string | null;
            height: number | null;
            kind: ('image' | 'video' | 'audio' | 'file') | null;
            /** @enum {string} */
            status: 'preparing' | 'ready' | 'refused';
            width: number | null;
          };
        };
      };
    };
  };
  getMentions: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "posts": [
           *         {
           *           "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *           "author": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "text": "Hello @ada",
           *           "entities": {
           *             "links": [],
           *             "mentions": [
           *               {
           *                 "from": 6,
           *                 "to": 10,
           *                 "person": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10"
           *               }
           *             ],
           *             "hashtags": []
           *           },
           *           "visibility": "public",
           *           "isReply": false,
           *           "replyTo": null,
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "editedAt": null,
           *           "likes": 2,
           *           "reactions": {
           *             "love": 1
           *           },
           *           "replies": 1,
           *           "quotes": 0,
           *           "shares": 0,
           *           "liked": true,
           *           "reaction": "like",
           *           "shared": false,
           *           "quotedPost": null,
           *           "sharedPost": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            posts: components['schemas']['Post'][];
          };
        };
      };
    };
  };
  getMutes: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "people": [
           *         {
           *           "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *           "name": "Bob",
           *           "since": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            people: {
              /**
               * @description The id of the person.
               * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
               */
              id: string;
              /**
               * @description The name of the person. null: the person was erased, or is unknown to you.
               * @example Bob
               */
              name: string | null;
              /** @description The address of the person’s picture in its smallest size, as profiles have it. Absent: there is none, or it is not for you. */
              picture?: string;
              /**
               * @description Since when. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              since: string;
            }[];
          };
        };
      };
    };
  };
  getMyNotifications: {
    parameters: {
      query?: {
        /** @description `true`: those that you have archived, and no others. Default: `false`. */
        archived?: 'true' | 'false';
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description Only those of this category. */
        category?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
        /** @description `true`: only those that you haven’t read. Default: `false`. */
        unread?: 'true' | 'false';
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "notifications": [
           *         {
           *           "id": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *           "source": "app",
           *           "category": "orders",
           *           "content": {
           *             "title": "Order 4711",
           *             "body": "Your order 4711 is on its way."
           *           },
           *           "data": {
           *             "kind": "app",
           *             "notification": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *             "app": "c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f"
           *           },
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "seen": true,
           *           "read": false,
           *           "archived": false,
           *           "status": "delivered",
           *           "deliveries": [
           *             {
           *               "id": "1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *               "channel": "in-app",
           *               "status": "delivered",
           *               "reason": null
           *             }
           *           ]
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            notifications: components['schemas']['ReceivedNotification'][];
          };
        };
      };
    };
  };
  getNotificationCounts: {
    parameters: {
      query?: {
        /** @description Only those of this category. */
        category?: string;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "unread": 3,
           *       "unseen": 1,
           *       "more": false,
           *       "categories": [
           *         {
           *           "category": "orders",
           *           "unread": 3,
           *           "unseen": 1
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['NotificationCounts'];
        };
      };
    };
  };
  followNotifications: {
    parameters: {
      query?: {
        'last-event-id'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. For clients that can’t send headers, such as a browser’s EventSource. */
        'min-position'?: components['parameters']['MinPositionInQuery'];
        ticket?: string;
      };
      header?: {
        'Last-Event-Id'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The stream. `ready` and `missed` are without data: after `ready`, unless you came with the id of an event, and after each `missed`, fetch the list. `notification`: it came, or you marked it. `marked`: you have seen or read all that came until a moment. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example event: ready
           *     data: {}
           *
           *     event: notification
           *     data: {"id":"7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d","source":"app","category":"orders","content":{"title":"Order 4711","body":"Your order 4711 is on its way."},"data":{"kind":"app","notification":"7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d","app":"c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f"},"at":"2026-07-01T09:30:00.000Z","seen":true,"read":false,"archived":false,"status":"delivered","deliveries":[{"id":"1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d","channel":"in-app","status":"delivered","reason":null}]}
           *
           *     event: marked
           *     data: {"seenUpTo":"2026-07-01T09:35:12.000Z","readUpTo":"2026-07-01T09:30:00.000Z","categories":[{"category":"orders","readUpTo":"2026-07-01T09:35:12.000Z"}]}
           */
          'text/event-stream': string;
        };
      };
    };
  };
  getPreferences: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "choices": [
           *         {
           *           "category": "orders",
           *           "channel": "sms",
           *           "wanted": false
           *         }
           *       ],
           *       "quietHours": {
           *         "zone": "Europe/London",
           *         "from": "22:00",
           *         "until": "07:00"
           *       },
           *       "apps": [
           *         "c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f"
           *       ],
           *       "digests": [
           *         {
           *           "category": "orders",
           *           "channel": "email",
           *           "rule": {
           *             "kind": "time-of-day",
           *             "time": "08:00"
           *           }
           *         }
           *       ]
           *     }
           */
          'application/json': {
            /** @description The ids of the apps that may notify you. */
            apps: string[];
            choices: {
              /**
               * @description Of notifications of this app alone; absent: of all apps, and of Tidings’ own.
               * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
               */
              app?: string;
              /**
               * @description A category, or `*` for every category.
               * @example orders
               */
              category: string;
              /**
               * @description A channel, or `*` for every channel.
               * @enum {string}
               */
              channel: 'push' | 'sms' | 'email' | 'in-app' | '*';
              /** @description Whether you want these notifications. */
              wanted: boolean;
            }[];
            /** @description Which notifications you want several of as one. */
            digests: {
              /**
               * @description The app whose notifications it is about alone. Absent: of all.
               * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
               */
              app?: string;
              /**
               * @description A category, or `*` for every category.
               * @example orders
               */
              category: string;
              /**
               * @description A channel, or `*` for every channel.
               * @enum {string}
               */
              channel: 'push' | 'sms' | 'email' | 'in-app' | '*';
              /** @description One by one; or those of so many minutes after the first, or until a time of day in your time zone, as one. */
              rule:
                | {
                    /** @constant */
                    kind: 'at-once';
                  }
                | {
                    /** @constant */
                    kind: 'after-first';
                    minutes: number;
                  }
                | {
                    /** @constant */
                    kind: 'time-of-day';
                    time: string;
                  };
            }[];
            /** @description The hours in which notifications wait. null: none. */
            quietHours: {
              /**
               * @description The beginning, inclusive.
               * @example 22:00
               */
              from: string;
              /**
               * @description The end, exclusive.
               * @example 07:00
               */
              until: string;
              /**
               * @description An IANA time zone.
               * @example Europe/London
               */
              zone: string;
            } | null;
          };
        };
      };
    };
  };
  getPreferencePage: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "language": "de",
           *       "everything": [
           *         {
           *           "channel": "*",
           *           "chosen": null
           *         },
           *         {
           *           "channel": "push",
           *           "chosen": null
           *         },
           *         {
           *           "channel": "sms",
           *           "chosen": false
           *         },
           *         {
           *           "channel": "email",
           *           "chosen": null
           *         },
           *         {
           *           "channel": "in-app",
           *           "chosen": null
           *         }
           *       ],
           *       "tidings": [],
           *       "apps": [
           *         {
           *           "app": "c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *           "name": "Web shop",
           *           "all": [
           *             {
           *               "channel": "*",
           *               "chosen": null
           *             }
           *           ],
           *           "categories": [
           *             {
           *               "category": "orders",
           *               "title": "Bestellungen",
           *               "language": "de",
           *               "declared": true,
           *               "mandatory": false,
           *               "digest": {
           *                 "kind": "after-first",
           *                 "minutes": 30
           *               },
           *               "chosen": null,
           *               "channels": [
           *                 {
           *                   "channel": "push",
           *                   "chosen": null,
           *                   "wanted": true
           *                 },
           *                 {
           *                   "channel": "sms",
           *                   "chosen": false,
           *                   "wanted": false
           *                 }
           *               ]
           *             }
           *           ]
           *         }
           *       ],
           *       "next": null,
           *       "quietHours": {
           *         "zone": "Europe/London",
           *         "from": "22:00",
           *         "until": "07:00"
           *       },
           *       "digests": [
           *         {
           *           "category": "orders",
           *           "channel": "email",
           *           "rule": {
           *             "kind": "time-of-day",
           *             "time": "08:00"
           *           }
           *         }
           *       ],
           *       "contacts": [
           *         {
           *           "kind": "email",
           *           "address": "ada@example.org",
           *           "confirmed": true,
           *           "blocked": null
           *         }
           *       ],
           *       "devices": 1
           *     }
           */
          'application/json': components['schemas']['PreferencePage'];
        };
      };
    };
  };
  getPrivacy: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "readReceipts": false,
           *       "presence": "friends",
           *       "invisible": false
           *     }
           */
          'application/json': components['schemas']['Privacy'];
        };
      };
    };
  };
  getScheduledMessages: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "scheduledMessages": [
           *         {
           *           "id": "6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
           *           "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *           "sendAt": "2026-07-01T09:30:00.000Z",
           *           "text": "Rehearsal in an hour",
           *           "replyTo": null,
           *           "mentions": [],
           *           "entities": [],
           *           "media": [],
           *           "refusal": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            scheduledMessages: components['schemas']['ScheduledMessage'][];
          };
        };
      };
    };
  };
  getScheduledPosts: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "scheduledPosts": [
           *         {
           *           "id": "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
           *           "publishAt": "2026-07-01T09:30:00.000Z",
           *           "text": "Happy new year",
           *           "visibility": "public",
           *           "media": [],
           *           "replyTo": null,
           *           "quotes": null,
           *           "refusal": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            scheduledPosts: components['schemas']['ScheduledPost'][];
          };
        };
      };
    };
  };
  getStanding: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "suspension": {
           *         "since": "2026-07-01T09:30:00.000Z",
           *         "until": "2026-07-01T09:35:12.000Z",
           *         "violation": "spam",
           *         "statement": null,
           *         "appealed": false
           *       }
           *     }
           */
          'application/json': {
            /** @description null: you can write. */
            suspension: {
              /** @description Whether you have appealed against it. */
              appealed: boolean;
              /**
               * @description When it was decided. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              since: string;
              /** @description What the moderators say to it. */
              statement: string | null;
              until: string | null;
              /** @description What it is for. */
              violation: ('spam' | 'harassment' | 'hate' | 'violence' | 'sexual' | 'self-harm' | 'illegal' | 'impersonation' | 'other') | null;
            } | null;
          };
        };
      };
    };
  };
  getUnread: {
    parameters: {
      query?: {
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "channels": [
           *         {
           *           "inbox": {
           *             "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *             "kind": "direct",
           *             "title": null,
           *             "with": [
           *               {
           *                 "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *                 "name": "Bob"
           *               }
           *             ],
           *             "unread": 1,
           *             "mentions": [
           *               41
           *             ],
           *             "request": null,
           *             "muted": false,
           *             "mutedUntil": null,
           *             "level": "all",
           *             "badge": 1,
           *             "readUpTo": 40,
           *             "headSeq": 41,
           *             "last": {
           *               "seq": 41,
           *               "sender": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *               "text": "Hello Ada",
           *               "media": [],
           *               "at": "2026-07-01T09:30:00.000Z",
           *               "expiresAt": null
           *             }
           *           },
           *           "first": 41,
           *           "newest": [
           *             {
           *               "seq": 41,
           *               "sender": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *               "text": "Hello Bob",
           *               "at": "2026-07-01T09:30:00.000Z",
           *               "clientId": "0197c5b0-9d3e-7c41-a6f2-3b8e5d7f9a01",
           *               "replyTo": null,
           *               "mentions": [
           *                 "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *               ],
           *               "entities": [
           *                 {
           *                   "kind": "mention",
           *                   "from": 6,
           *                   "to": 9,
           *                   "person": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *                 }
           *               ],
           *               "media": [],
           *               "quote": null,
           *               "preview": null,
           *               "expiresAt": null,
           *               "editedAt": null,
           *               "notice": null,
           *               "withdrawn": false,
           *               "reactions": {
           *                 "👍": [
           *                   "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *                 ]
           *               }
           *             }
           *           ]
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            channels: components['schemas']['UnreadChannel'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  searchMessages: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description Only messages of this channel. */
        channel?: string;
        /** @description Only messages that were sent then or later. */
        from?: string;
        /** @description Only messages with a picture, a video, a recording or a file. */
        has?: 'media';
        /** @description The most items that you want on the page. */
        limit?: number;
        /** @description Words, and phrases within quotation marks. Optional with `sender` or `has`. */
        q?: string;
        /** @description Only messages of this person. */
        sender?: string;
        /** @description Only messages that were sent before. */
        until?: string;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "hits": [
           *         {
           *           "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *           "message": {
           *             "seq": 41,
           *             "sender": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *             "text": "Hello Bob",
           *             "at": "2026-07-01T09:30:00.000Z",
           *             "clientId": "0197c5b0-9d3e-7c41-a6f2-3b8e5d7f9a01",
           *             "replyTo": null,
           *             "mentions": [
           *               "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *             ],
           *             "entities": [
           *               {
           *                 "kind": "mention",
           *                 "from": 6,
           *                 "to": 9,
           *                 "person": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *               }
           *             ],
           *             "media": [],
           *             "quote": null,
           *             "preview": null,
           *             "expiresAt": null,
           *             "editedAt": null,
           *             "notice": null,
           *             "withdrawn": false,
           *             "reactions": {
           *               "👍": [
           *                 "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
           *               ]
           *             }
           *           }
           *         }
           *       ],
           *       "partly": [],
           *       "next": null,
           *       "channelsLeftOut": 0
           *     }
           */
          'application/json': {
            /**
             * @description How many of your channels were not searched. Name one as `channel` to search it.
             * @example 0
             */
            channelsLeftOut: number;
            hits: {
              /**
               * @description The id of the channel.
               * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
               */
              channel: string;
              message: components['schemas']['Message'];
            }[];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            /** @description Channels of which this page got to the newest messages only. */
            partly: {
              /**
               * @description The id of the channel.
               * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
               */
              channel: string;
              /**
               * @description The oldest `seq` that was searched.
               * @example 41
               */
              from: number;
            }[];
          };
        };
      };
    };
  };
  getNotification: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a notification. */
        notification: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "category": "orders",
           *       "at": "2026-07-01T09:30:00.000Z",
           *       "sendAt": null,
           *       "sendAtLocal": null,
           *       "expiresAt": "2026-07-02T09:30:00.000Z",
           *       "recipients": 1,
           *       "cancelled": false,
           *       "deliveries": [
           *         {
           *           "id": "1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *           "recipient": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *           "channel": "push",
           *           "status": "accepted",
           *           "sandbox": false,
           *           "failoverStep": null,
           *           "reason": null,
           *           "attempts": 1,
           *           "vendor": "outbox",
           *           "engagement": {},
           *           "history": [
           *             {
           *               "what": "delivery-planned",
           *               "at": "2026-07-01T09:30:00.000Z"
           *             },
           *             {
           *               "what": "attempt-accepted",
           *               "at": "2026-07-01T09:30:00.000Z"
           *             }
           *           ]
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': components['schemas']['Notification'];
        };
      };
    };
  };
  getProgress: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a notification. */
        notification: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "notification": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "list": "2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *       "status": "planning",
           *       "because": null,
           *       "total": 20000,
           *       "planned": 7500,
           *       "ratePerMinute": 3000,
           *       "requestedAt": "2026-07-01T09:30:00.000Z",
           *       "changedAt": "2026-07-01T09:35:12.000Z"
           *     }
           */
          'application/json': components['schemas']['Progress'];
        };
      };
    };
  };
  findPeople: {
    parameters: {
      query: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
        /** @description A login name, or words that begin those of a name. */
        q: string;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "people": [
           *         {
           *           "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *           "name": "Bob",
           *           "friend": false,
           *           "followed": true
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            people: {
              /** @description Whether you follow the person. */
              followed: boolean;
              /** @description Whether you are friends. */
              friend: boolean;
              /**
               * @description The id of the person.
               * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
               */
              id: string;
              /**
               * @description The name of the person. null: the person was erased, or is unknown to you.
               * @example Bob
               */
              name: string | null;
              /** @description The address of the person’s picture in its smallest size, as profiles have it. Absent: there is none, or it is not for you. */
              picture?: string;
            }[];
          };
        };
      };
    };
  };
  getPerson: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "name": "Bob",
           *       "about": null,
           *       "picture": null,
           *       "timeZone": "Europe/London",
           *       "since": "2026-07-01T09:30:00.000Z",
           *       "erased": false,
           *       "followers": 12,
           *       "follows": 7,
           *       "friend": true,
           *       "followed": false,
           *       "muted": false,
           *       "blocked": false
           *     }
           */
          'application/json': components['schemas']['Person'];
        };
      };
    };
  };
  getPictureOfPerson: {
    parameters: {
      query?: {
        /** @description Of which picture, from the profile. */
        tag?: string;
      };
      header?: {
        /** @description The `ETag` of what you have: where it is the same, the answer is 304. */
        'If-None-Match'?: string;
        /** @description Which bytes of it (RFC 9110); one range. */
        Range?: string;
      };
      path: {
        /** @description The id of a person. */
        person: string;
        /** @description In which size. */
        variant: 'full' | 'medium' | 'small';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/octet-stream': string;
        };
      };
      /** @description The range that was asked for. */
      206: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/json': string;
        };
      };
    };
  };
  getPinnedPosts: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "posts": [
           *         {
           *           "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *           "author": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "text": "Hello, world",
           *           "entities": {
           *             "links": [],
           *             "mentions": [],
           *             "hashtags": []
           *           },
           *           "visibility": "public",
           *           "isReply": false,
           *           "replyTo": null,
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "editedAt": null,
           *           "likes": 2,
           *           "reactions": {
           *             "love": 1
           *           },
           *           "replies": 1,
           *           "quotes": 0,
           *           "shares": 0,
           *           "liked": true,
           *           "reaction": "like",
           *           "shared": false,
           *           "quotedPost": null,
           *           "sharedPost": null
           *         }
           *       ]
           *     }
           */
          'application/json': {
            posts: components['schemas']['Post'][];
          };
        };
      };
    };
  };
  getPostsOfPerson: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "posts": [
           *         {
           *           "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *           "author": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "text": "Hello, world",
           *           "entities": {
           *             "links": [],
           *             "mentions": [],
           *             "hashtags": []
           *           },
           *           "visibility": "public",
           *           "isReply": false,
           *           "replyTo": null,
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "editedAt": null,
           *           "likes": 2,
           *           "reactions": {
           *             "love": 1
           *           },
           *           "replies": 1,
           *           "quotes": 0,
           *           "shares": 0,
           *           "liked": true,
           *           "reaction": "like",
           *           "shared": false,
           *           "quotedPost": null,
           *           "sharedPost": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            posts: components['schemas']['Post'][];
          };
        };
      };
    };
  };
  getPresence: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "offline",
           *       "lastActiveAt": "2026-07-01T09:30:00.000Z"
           *     }
           */
          'application/json': {
            /**
             * @description When the person was last active, to 5 minutes. null: unknown, or not for you to see.
             * @example 2026-07-01T09:30:00.000Z
             */
            lastActiveAt: string | null;
            /**
             * @description Whether the person is connected and active.
             * @enum {string}
             */
            status: 'online' | 'offline';
          };
        };
      };
    };
  };
  getPost: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more. */
        'If-None-Match'?: string;
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          /** @description Names this content: send it as `If-None-Match` when you ask again. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "author": {
           *         "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *         "name": "Bob"
           *       },
           *       "text": "Hello, world",
           *       "entities": {
           *         "links": [],
           *         "mentions": [],
           *         "hashtags": []
           *       },
           *       "visibility": "public",
           *       "isReply": false,
           *       "replyTo": null,
           *       "at": "2026-07-01T09:30:00.000Z",
           *       "editedAt": null,
           *       "likes": 2,
           *       "reactions": {
           *         "love": 1
           *       },
           *       "replies": 1,
           *       "quotes": 0,
           *       "shares": 0,
           *       "liked": true,
           *       "reaction": "like",
           *       "shared": false,
           *       "quotedPost": null,
           *       "sharedPost": null
           *     }
           */
          'application/json': components['schemas']['Post'];
        };
      };
    };
  };
  getPostEdits: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "edits": [
           *         {
           *           "text": "Helo, world",
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "until": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            edits: {
              /**
               * @description From when on it was so. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              at: string;
              /** @example Helo, world */
              text: string;
              /**
               * @description When it was edited. In UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              until: string;
            }[];
            /** @description The cursor of the next page. null: this is the last one. */
            next: string | null;
          };
        };
      };
    };
  };
  getLikes: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "people": [
           *         {
           *           "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *           "name": "Ada"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            people: components['schemas']['NamedPerson'][];
          };
        };
      };
    };
  };
  getPostMedia: {
    parameters: {
      query?: {
        /** @description Whose address it is. */
        for?: string;
        /** @description What makes the address good. */
        signature?: string;
        /** @description Until when it is good, in seconds since 1970. */
        until?: number;
      };
      header?: {
        /** @description The `ETag` of what you have: where it is the same, the answer is 304. */
        'If-None-Match'?: string;
        /** @description Which bytes of it (RFC 9110); one range. */
        Range?: string;
      };
      path: {
        /** @description Which of its pictures and videos, from 0; or `preview`, the picture of the page that its first link leads to. */
        place: 'preview' | number;
        /** @description The id of a post. */
        post: string;
        /** @description In which size: all of it, or a smaller picture where there is one. */
        variant: 'full' | 'medium' | 'small';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/octet-stream': string;
        };
      };
      /** @description The range that was asked for. */
      206: {
        headers: {
          'Accept-Ranges'?: string;
          /** @description A video, a recording or a file is kept as it was sent, and offered to be saved. */
          'Content-Disposition'?: string;
          'Content-Range'?: string;
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          /** @example the bytes */
          'application/json': string;
        };
      };
    };
  };
  getReplies: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "posts": [
           *         {
           *           "id": "01JZ3VAE2MR5P8S3V6W7X9YBCD",
           *           "author": {
           *             "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *             "name": "Ada"
           *           },
           *           "text": "Hello, Bob",
           *           "entities": {
           *             "links": [],
           *             "mentions": [],
           *             "hashtags": []
           *           },
           *           "visibility": "public",
           *           "isReply": true,
           *           "replyTo": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "editedAt": null,
           *           "likes": 0,
           *           "reactions": {
           *             "love": 1
           *           },
           *           "replies": 0,
           *           "quotes": 0,
           *           "shares": 0,
           *           "liked": false,
           *           "reaction": "like",
           *           "shared": false,
           *           "quotedPost": null,
           *           "sharedPost": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            posts: components['schemas']['Post'][];
          };
        };
      };
    };
  };
  getShares: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "people": [
           *         {
           *           "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *           "name": "Ada"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            people: components['schemas']['NamedPerson'][];
          };
        };
      };
    };
  };
  getThread: {
    parameters: {
      query?: {
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "ancestors": [
           *         {
           *           "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *           "author": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "text": "Hello, world",
           *           "entities": {
           *             "links": [],
           *             "mentions": [],
           *             "hashtags": []
           *           },
           *           "visibility": "public",
           *           "isReply": false,
           *           "replyTo": null,
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "editedAt": null,
           *           "likes": 2,
           *           "reactions": {
           *             "love": 1
           *           },
           *           "replies": 1,
           *           "quotes": 0,
           *           "shares": 0,
           *           "liked": true,
           *           "reaction": "like",
           *           "shared": false,
           *           "quotedPost": null,
           *           "sharedPost": null
           *         }
           *       ],
           *       "post": {
           *         "id": "01JZ3VAE2MR5P8S3V6W7X9YBCD",
           *         "author": {
           *           "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *           "name": "Ada"
           *         },
           *         "text": "Hello, Bob",
           *         "entities": {
           *           "links": [],
           *           "mentions": [],
           *           "hashtags": []
           *         },
           *         "visibility": "public",
           *         "isReply": true,
           *         "replyTo": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *         "at": "2026-07-01T09:30:00.000Z",
           *         "editedAt": null,
           *         "likes": 0,
           *         "reactions": {
           *           "love": 1
           *         },
           *         "replies": 0,
           *         "quotes": 0,
           *         "shares": 0,
           *         "liked": false,
           *         "reaction": "like",
           *         "shared": false,
           *         "quotedPost": null,
           *         "sharedPost": null
           *       },
           *       "replies": [],
           *       "next": null
           *     }
           */
          'application/json': {
            ancestors: components['schemas']['Post'][];
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            post: components['schemas']['Post'];
            replies: components['schemas']['Post'][];
          };
        };
      };
    };
  };
  getChanges: {
    parameters: {
      query?: {
        /** @description The `cursor` up to which you have everything. Without it you begin with every document that there is. */
        after?: string;
        /** @description Only documents of this collection. */
        collection?: string;
        /** @description Only documents of the collection with this value in a field that an index has: `field=value`. Those that are changed and have another come as `left`. */
        filter?: string;
        /** @description `cloudevents`: each change is a CloudEvent 1.0, whose `data` is the document. */
        form?: 'plain' | 'cloudevents';
        /** @description Names your work in the operator’s metrics of how far behind it is. */
        group?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
        /** @description Into how many parts you divide the documents, by their ids. */
        of?: number;
        /** @description The part that you want: 0 is the first. */
        part?: number;
        /** @description For how many seconds you would wait where nothing has changed. */
        wait?: number;
      };
      header?: never;
      path: {
        /** @description Whose documents. */
        projection:
          | 'profile'
          | 'preferences'
          | 'relationships'
          | 'friends'
          | 'posts'
          | 'bookmarks'
          | 'pinned-posts'
          | 'channels'
          | 'messages'
          | 'inbox'
          | 'invitations'
          | 'presence'
          | 'notifications'
          | 'centre'
          | 'deliveries'
          | 'apps'
          | 'templates'
          | 'schedules'
          | 'lists'
          | 'moderation';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "changes": [
           *         {
           *           "collection": "friends",
           *           "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *           "version": "0001.000000.000000000001",
           *           "change": "put",
           *           "document": {
           *             "person": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *             "friend": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "since": "2026-07-01T09:30:00.000Z"
           *           }
           *         }
           *       ],
           *       "cursor": "e~0.48213",
           *       "caughtUp": true
           *     }
           */
          'application/json': {
            /** @description false: there is more; ask again at once. */
            caughtUp: boolean;
            changes: (components['schemas']['DocumentChange'] | components['schemas']['DocumentChangeCloudEvent'])[];
            /**
             * @description Behind all of it: store it together with what you made of the changes, and go on with it.
             * @example e~0.48213
             */
            cursor: string;
          };
        };
      };
    };
  };
  followChanges: {
    parameters: {
      query?: {
        /** @description The `cursor` up to which you have everything. Without it you begin with every document that there is. */
        after?: string;
        /** @description Only documents of this collection. */
        collection?: string;
        /** @description Only documents of the collection with this value in a field that an index has: `field=value`. Those that are changed and have another come as `left`. */
        filter?: string;
        /** @description `cloudevents`: each change is a CloudEvent 1.0, whose `data` is the document. */
        form?: 'plain' | 'cloudevents';
        /** @description Names your work in the operator’s metrics of how far behind it is. */
        group?: string;
        /** @description Into how many parts you divide the documents, by their ids. */
        of?: number;
        /** @description The part that you want: 0 is the first. */
        part?: number;
      };
      header?: {
        /** @description As `after`: a client that connects again sends it by itself. */
        'Last-Event-Id'?: string;
      };
      path: {
        /** @description Whose documents. */
        projection:
          | 'profile'
          | 'preferences'
          | 'relationships'
          | 'friends'
          | 'posts'
          | 'bookmarks'
          | 'pinned-posts'
          | 'channels'
          | 'messages'
          | 'inbox'
          | 'invitations'
          | 'presence'
          | 'notifications'
          | 'centre'
          | 'deliveries'
          | 'apps'
          | 'templates'
          | 'schedules'
          | 'lists'
          | 'moderation';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The stream of `change` and `position`. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example event: change
           *     data: {"collection":"friends","id":"3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31","version":"0001.000000.000000000001","change":"put","document":{"person":"3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10","friend":"9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31","since":"2026-07-01T09:30:00.000Z"}}
           *
           *     id: e~0.48213
           *     event: position
           *     data: {"cursor":"e~0.48213","caughtUp":true}
           */
          'text/event-stream': string;
        };
      };
    };
  };
  getSchedules: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "schedules": [
           *         {
           *           "id": "2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *           "status": "active",
           *           "rule": "FREQ=DAILY",
           *           "start": "2026-07-01T09:00:00",
           *           "zone": "Europe/Berlin",
           *           "clock": "zone",
           *           "missed": "latest",
           *           "category": "reminders",
           *           "recipients": 1,
           *           "nextOccurrence": {
           *             "local": "2026-07-02T09:00:00",
           *             "at": "2026-07-02T07:00:00.000Z"
           *           },
           *           "requested": 1,
           *           "skipped": 0,
           *           "createdAt": "2026-07-01T09:30:00.000Z",
           *           "changedAt": "2026-07-01T09:35:12.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            schedules: components['schemas']['Schedule'][];
          };
        };
      };
    };
  };
  getSchedule: {
    parameters: {
      query?: {
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a schedule. */
        schedule: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "status": "active",
           *       "rule": "FREQ=DAILY",
           *       "start": "2026-07-01T09:00:00",
           *       "zone": "Europe/Berlin",
           *       "clock": "zone",
           *       "missed": "latest",
           *       "category": "reminders",
           *       "recipients": 1,
           *       "nextOccurrence": {
           *         "local": "2026-07-02T09:00:00",
           *         "at": "2026-07-02T07:00:00.000Z"
           *       },
           *       "requested": 1,
           *       "skipped": 0,
           *       "createdAt": "2026-07-01T09:30:00.000Z",
           *       "changedAt": "2026-07-01T09:35:12.000Z",
           *       "occurrences": [
           *         {
           *           "local": "2026-07-01T09:00:00",
           *           "at": "2026-07-01T07:00:00.000Z",
           *           "notification": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *           "refused": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': components['schemas']['ScheduleWithOccurrences'];
        };
      };
    };
  };
  sync: {
    parameters: {
      query?: {
        /** @description The most items that you want on the page. */
        limit?: number;
        /** @description The `cursor` of the previous answer. */
        since?: string;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "channels": [
           *         {
           *           "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *           "kind": "direct",
           *           "title": null,
           *           "with": [
           *             {
           *               "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *               "name": "Bob"
           *             }
           *           ],
           *           "unread": 1,
           *           "mentions": [
           *             41
           *           ],
           *           "request": null,
           *           "muted": false,
           *           "mutedUntil": null,
           *           "level": "all",
           *           "badge": 1,
           *           "readUpTo": 40,
           *           "headSeq": 41,
           *           "last": {
           *             "seq": 41,
           *             "sender": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "text": "Hello Ada",
           *             "media": [],
           *             "at": "2026-07-01T09:30:00.000Z",
           *             "expiresAt": null
           *           }
           *         }
           *       ],
           *       "left": [],
           *       "people": [],
           *       "preferences": null,
           *       "privacy": null,
           *       "changed": [
           *         "friends"
           *       ],
           *       "cursor": "0.48213",
           *       "more": false
           *     }
           */
          'application/json': components['schemas']['Sync'];
        };
      };
    };
  };
  getPostsWithTag: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The hashtag, with or without `#` before it. */
        tag: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "posts": [
           *         {
           *           "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *           "author": {
           *             "id": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *             "name": "Bob"
           *           },
           *           "text": "#spring",
           *           "entities": {
           *             "links": [],
           *             "mentions": [],
           *             "hashtags": []
           *           },
           *           "visibility": "public",
           *           "isReply": false,
           *           "replyTo": null,
           *           "at": "2026-07-01T09:30:00.000Z",
           *           "editedAt": null,
           *           "likes": 2,
           *           "reactions": {
           *             "love": 1
           *           },
           *           "replies": 1,
           *           "quotes": 0,
           *           "shares": 0,
           *           "liked": true,
           *           "reaction": "like",
           *           "shared": false,
           *           "quotedPost": null,
           *           "sharedPost": null
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            posts: components['schemas']['Post'][];
          };
        };
      };
    };
  };
  getTemplates: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        after?: string;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "templates": [
           *         {
           *           "id": "4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a",
           *           "name": "Order shipped",
           *           "version": 2,
           *           "language": "en",
           *           "languages": [
           *             "en",
           *             "de"
           *           ],
           *           "createdAt": "2026-07-01T09:30:00.000Z",
           *           "changedAt": "2026-07-01T09:35:12.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': {
            /** @description Cursor of the next page. null: this is the last one. */
            next: string | null;
            templates: components['schemas']['Template'][];
          };
        };
      };
    };
  };
  getTemplate: {
    parameters: {
      query?: {
        /** @description Cursor: `next` of the previous page. */
        before?: number;
        /** @description The most items that you want on the page. */
        limit?: number;
      };
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path: {
        /** @description The id of a template. */
        template: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a",
           *       "name": "Order shipped",
           *       "version": 2,
           *       "language": "en",
           *       "languages": [
           *         "en",
           *         "de"
           *       ],
           *       "createdAt": "2026-07-01T09:30:00.000Z",
           *       "changedAt": "2026-07-01T09:35:12.000Z",
           *       "versions": [
           *         {
           *           "version": 2,
           *           "locales": {
           *             "en": {
           *               "title": "Order {{ number }}",
           *               "body": "Your order {{ number }} is on its way."
           *             }
           *           },
           *           "partials": {},
           *           "parameters": {
           *             "required": [
           *               "number"
           *             ],
           *             "properties": {
           *               "number": {
           *                 "type": "integer"
           *               }
           *             }
           *           },
           *           "tracking": null,
           *           "failover": null,
           *           "at": "2026-07-01T09:35:12.000Z"
           *         }
           *       ],
           *       "next": null
           *     }
           */
          'application/json': components['schemas']['TemplateWithVersions'];
        };
      };
    };
  };
  getWebPush: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds. */
        'Min-Position'?: components['parameters']['MinPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "publicKey": "BMagyfThCGApMb30hd55N_3FSmDBP2moyPvp4uI0L4DbVv8MsnAtk1BpULVyMQwoePthmQstwaqxGtxXM8VSq4s"
           *     }
           */
          'application/json': {
            /**
             * @description The key in base64url. null: this installation sends no pushes to browsers.
             * @example BMagyfThCGApMb30hd55N_3FSmDBP2moyPvp4uI0L4DbVv8MsnAtk1BpULVyMQwoePthmQstwaqxGtxXM8VSq4s
             */
            publicKey: string | null;
          };
        };
      };
    };
  };
}
