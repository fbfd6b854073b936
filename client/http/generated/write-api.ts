// Made of the server’s own document by `npm run client:types`; edit that, and not this.
export interface paths {
  '/v1/account-claims': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Claim an imported account
     * @description Sets the password of an account that was imported without one, with the claim from the link that its person was given. A claim is valid for 30 days, and until the account has a password. It opens no session: log in with the new password.
     *
     *     Limit `account-claims`: 600 requests in 3600 seconds.
     */
    post: operations['claimAccount'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Register an app
     * @description Registers an app and responds with its id and its secret.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['registerApp'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Disable an app
     * @description Disables an app for good: it may request, read and cancel nothing more, and notifications that are not sent yet are cancelled.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['disableApp'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/access': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * See what an app may do
     * @description Returns the keys of an app, and what is left of its quotas. An app may ask for itself.
     *
     *     A key of an app needs the scope `read`.
     *
     *     An operator needs the role `viewer` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    get: operations['getAppAccess'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/keys': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Add a key to an app
     * @description Adds a key that may do less than the secret of the app, and responds with its secret, with which requests are signed in the same way. An app has at most 10.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['addAppKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/keys/{key}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Remove a key of an app
     * @description Removes a key: nothing is accepted with it any more, within half a minute everywhere.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['removeAppKey'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/quota': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Set how much an app may ask for
     * @description Sets how many notifications an app may request, and to how many recipients, in place of what was set before.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    put: operations['setAppQuota'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/secret': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Rotate an app’s secret
     * @description Makes a new secret. The old one stays valid for one more day, or ends at once if you say `immediately`, as after a leak. An app may rotate its own secret, with the newest one.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['rotateSecret'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/sender-identity': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Set in whose name an app sends
     * @description Sets in whose name the app’s messages go out, in place of what was set before. What is absent is the sender of the account at the vendor. Vendors refuse senders that they have not verified. Apps share accounts, so this is the operator’s to say: no app may send in another’s name, or leave a number that people said STOP to.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    put: operations['setSenderIdentity'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/webhook': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Set an app’s webhook
     * @description Sets where the app is told what becomes of its deliveries, and of which events, in place of what was set before. Messages are as Standard Webhooks has them: the header `webhook-id` is the same each time that a message is sent. One that isn’t answered with 2xx is tried for a day.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    put: operations['setWebhook'];
    post?: never;
    /**
     * Remove an app’s webhook
     * @description The app is told of nothing any more, and what was not sent yet is given up.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['removeWebhook'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/webhook-messages/{message}/replay': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send a dead webhook message again
     * @description Tries for another day to send a message that was given up. One that was not is left as it is.
     *
     *     An operator needs the role `support` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['replayWebhookMessage'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/apps/{app}/webhook/secret': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Rotate the secret of an app’s webhook
     * @description Makes a new secret. Messages are signed with the old one too for one more day.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['rotateWebhookSecret'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/callbacks/{vendor}/{account}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * See that a vendor may call back here
     * @description For vendors that ask for an address, mostly with HEAD, before they take it. It tells and changes nothing.
     *
     *     Limit `callbacks`: 60000 requests in 60 seconds.
     */
    get: operations['findCallbackAddress'];
    put?: never;
    /**
     * Record what a vendor tells of a message
     * @description For vendors alone, each of whom signs its requests. What is told twice or late changes nothing; what is of no message of ours, or of a kind that we don’t know, is answered like all else.
     *
     *     Limit `callbacks`: 60000 requests in 60 seconds.
     */
    post: operations['recordCallback'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/categories/{category}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Declare a category
     * @description Says what people see of a category and what rules it has, in place of what you declared before, also for notifications that wait. Categories that you have not declared can be sent, and people choose by their names.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    put: operations['declareCategory'];
    post?: never;
    /**
     * Remove a category
     * @description Takes back what you declared. Notifications of the category can be sent on, without rules of its own; what people chose of it stays.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['removeCategory'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Open a channel
     * @description Opens a group of up to 100 members, or the direct channel with another person. Two people have one direct channel: opening it again responds with the same id. With a person who isn’t your friend it is a message request, until that person accepts it, writes in it, or becomes your friend.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['openChannel'];
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
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Rename a group
     * @description Gives a group that you are a member of another title.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    patch: operations['renameChannel'];
    trace?: never;
  };
  '/v1/channels/{channel}/description': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Describe a group
     * @description Gives a group another description. An empty one takes it away.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['describeChannel'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/disappearing': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Let messages disappear
     * @description What anybody says in the channel from now on disappears so many seconds after it was said: from then on nobody can read it, and nothing is kept of its words. What was said before stays as it is. In a direct channel both set it, in others the owner and the admins. The history tells of it.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['setDisappearing'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/exports': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Export a channel
     * @description Asks for an archive of a channel: its history as far as you may read it, as pages of HTML and as NDJSON, with its pictures, videos, recordings and files. Messages that are to disappear before the export does are left out. It is made in the background: list your exports to see how far it has come. When it is ready you are told in your notification centre, and can download it for 7 days.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['exportChannel'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/history': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Set what new members may read
     * @description Says whether people who join a group from now on may read what was said before. The owner and the admins may do so.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['setChannelHistory'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/invitations/{person}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Withdraw an invitation
     * @description Takes back an invitation to a group. The member who invited the person, the owner and the admins of the group may do so.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['withdrawInvitation'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/join-requests/{person}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Approve a request to join
     * @description Makes a person who asked to join a group a member of it. The owner and the admins may do so.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['approveJoinRequest'];
    post?: never;
    /**
     * Refuse a request to join
     * @description Closes a request to join a group. The person may ask again. The owner and the admins may do so.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['refuseJoinRequest'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/level': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Choose of which messages you are told
     * @description Chooses whether messages of a channel are pushed and counted for you: all of them, those that mention you, or none.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['chooseChannelLevel'];
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
    get?: never;
    put?: never;
    /**
     * Create an invitation link
     * @description Makes a link by which people come into a group. The owner and the admins may do so, and a link leads nowhere any more once its maker is neither. A group has at most 20 at a time. The token is told here only: the same request under the same idempotency key responds with it again.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['createInvitationLink'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/links/{link}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Revoke an invitation link
     * @description Nobody comes into the group by it any more. Those who did stay.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['revokeInvitationLink'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/members/{person}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Add a member to a group
     * @description Adds a person to a group that you are a member of. A friend is a member at once; a person who isn’t, or who has left the group, is invited, and asked first. In an announcement channel the owner and the admins add people. Only they add a person again who was removed.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['addMember'];
    post?: never;
    /**
     * Leave a group, or remove a member
     * @description With your own id you leave the group. With another id you remove that member, which the owner and the admins of the group may do; an admin is removed by the owner.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['removeMember'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/members/{person}/role': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Make a member an admin, or an admin a member
     * @description Gives a member another role, which the owner of the group may do. An admin gives up the role with their own id. A group has at most 50 admins.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['setMemberRole'];
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
    get?: never;
    put?: never;
    /**
     * Post a message
     * @description Posts a message in a channel. The idempotency key becomes the `clientId` of the message.
     *
     *     Limit `messages`: 600 requests in 60 seconds.
     */
    post: operations['postMessage'];
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
    get?: never;
    put?: never;
    post?: never;
    /**
     * Withdraw a message
     * @description Withdraws a message that you sent: nobody sees its text, its pictures and files any more. You may do so wherever you are by then: also when you have left the channel, or one of you blocks the other.
     *
     *     Limit `messages`: 600 requests in 60 seconds.
     */
    delete: operations['withdrawMessage'];
    options?: never;
    head?: never;
    /**
     * Edit a message
     * @description Changes the text of a message that you sent, and what its parts are. The pictures and files that it shows stay.
     *
     *     Limit `messages`: 600 requests in 60 seconds.
     */
    patch: operations['editMessage'];
    trace?: never;
  };
  '/v1/channels/{channel}/messages/{message}/reactions/{emoji}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * React to a message
     * @description Adds your reaction, an emoji, to a message. A message takes at most 50 different emoji.
     *
     *     Limit `messages`: 600 requests in 60 seconds.
     */
    put: operations['addReaction'];
    post?: never;
    /**
     * Remove a reaction
     * @description Removes your reaction from a message.
     *
     *     Limit `messages`: 600 requests in 60 seconds.
     */
    delete: operations['removeReaction'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/mute': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Mute push notifications of a channel
     * @description Stops pushes of messages in the channel, for good or until a moment. You still receive the messages.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['muteChannel'];
    post?: never;
    /**
     * Unmute push notifications of a channel
     * @description Pushes messages in the channel to your devices again.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['unmuteChannel'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/owner': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Hand a group over
     * @description Makes another member the owner. You are an admin from then on.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['handOverChannel'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/picture': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Give a group a picture
     * @description Shows a picture that you have uploaded as the picture of a group. Only its members see it.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['setChannelPicture'];
    post?: never;
    /**
     * Take the picture of a group away
     * @description The group has no picture from then on.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['removeChannelPicture'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/pins/{message}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Pin a message
     * @description Keeps a message at hand for all members: at most 50 of a channel. The history tells of it. In an announcement channel the owner and the admins pin.
     *
     *     Limit `messages`: 600 requests in 60 seconds.
     */
    put: operations['pinMessage'];
    post?: never;
    /**
     * Unpin a message
     * @description Takes the pin of a message away, also one that another member set. The history tells of it.
     *
     *     Limit `messages`: 600 requests in 60 seconds.
     */
    delete: operations['unpinMessage'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/read': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Mark a channel as read
     * @description Marks everything up to a `seq` as read, on all your devices. A lower `seq` than before changes nothing.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['markRead'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/scheduled-messages': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Schedule a message
     * @description Sends a message at a time to come: at most 100,000 characters, and 50 mentions. What would be refused now is refused at once; what others change until then, such as a channel that you are no member of any more, is looked at again when it is sent.
     *
     *     Limit `messages`: 600 requests in 60 seconds.
     */
    post: operations['scheduleMessage'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/channels/{channel}/scheduled-messages/{scheduled}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Change a scheduled message
     * @description Replaces all of a message that waits to be sent, its time included.
     *
     *     Limit `messages`: 600 requests in 60 seconds.
     */
    put: operations['changeScheduledMessage'];
    post?: never;
    /**
     * Cancel a scheduled message
     * @description Takes a message away that waits to be sent, or that could not be.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['cancelScheduledMessage'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/friend-requests': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send a friend request
     * @description Asks a person to be your friend. You can have 5,000 friends, open requests of yours included.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['requestFriend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/friend-requests/{request}/accept': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Accept a friend request
     * @description Makes you and the requester friends.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['acceptFriend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/friend-requests/{request}/refuse': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Refuse a friend request
     * @description Closes a request that you received. The requester may ask again.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['refuseFriend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/friend-requests/{request}/withdraw': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Withdraw a friend request
     * @description Takes back a request that you sent.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['withdrawFriend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/gateway': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Find a gateway
     * @description Recommends a gateway to connect to. Call it when your gateway has closed the connection or is full.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    get: operations['recommendGateway'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/links/{token}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Follow a link of an email
     * @description Leads from a link that an app has tracked to the address that the link had. The token is signed over it, so that it leads nowhere else. Ask for `application/json` to see where, without going there.
     *
     *     Limit `tracked-links`: 6000 requests in 60 seconds.
     */
    get: operations['followLink'];
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
    get?: never;
    put?: never;
    /**
     * Create a list
     * @description Creates a list of people without any members. A notification can name it in place of recipients.
     *
     *     A key of an app needs the scope `lists`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['createList'];
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
    get?: never;
    put?: never;
    post?: never;
    /**
     * Remove a list
     * @description Removes a list for good. What was requested to it is planned no further.
     *
     *     A key of an app needs the scope `lists`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['removeList'];
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
    get?: never;
    put?: never;
    /**
     * Add and remove members of a list
     * @description Adds and removes up to 5,000 members. Adding a member again, or removing somebody who is none, changes nothing. Send a longer list in parts: a part that is sent again does no harm.
     *
     *     A key of an app needs the scope `lists`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['changeListMembers'];
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
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete my account
     * @description Destroys the key of your personal data, so that nobody can read it any more, ends all your sessions, and frees your login name. Your posts, replies, likes and follows are taken back within minutes. You can’t undo this.
     *
     *     You must have logged in within the last 10 minutes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['erasePerson'];
    options?: never;
    head?: never;
    /**
     * Change my profile
     * @description Changes the fields that you send. The others stay as they are.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    patch: operations['changeProfile'];
    trace?: never;
  };
  '/v1/me/appeals': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Appeal against a decision
     * @description Asks moderators to look again: at a post of yours that they have hidden, or, without one, at the suspension of your account. Once each.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['appeal'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/apps/{app}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Allow an app to notify me
     * @description Enrols you with an app, so that it may request notifications of you.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['enrol'];
    post?: never;
    /**
     * Forbid an app to notify me
     * @description Ends your enrolment with an app: it may request no more notifications of you.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['withdrawEnrolment'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/blocks/{person}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Block a person
     * @description Neither of you sees the other’s profile, presence or posts, or can write to the other. In a group that you are both in you read each other’s messages, and hear of nothing else. You can block 5,000 people.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['block'];
    post?: never;
    /**
     * Unblock a person
     * @description Ends your block of the person. A block of you by the person stays.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['unblock'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/contacts/{kind}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Set a contact of mine
     * @description Sets your email address or telephone number, and sends a code to it. Until you confirm it with the code, nothing else is sent to it, and an earlier one stays in use. Set it again to get another code.
     *
     *     You must have logged in within the last 10 minutes.
     *
     *     Limit `contact-codes`: 10 requests in 3600 seconds.
     *
     *     Limit `contact-codes-of-address`: 5 requests in 3600 seconds.
     */
    put: operations['setContact'];
    post?: never;
    /**
     * Remove a contact of mine
     * @description Removes your email address or telephone number. Nothing is sent to it any more.
     *
     *     You must have logged in within the last 10 minutes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['removeContact'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/contacts/{kind}/confirm': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Confirm a contact of mine
     * @description Puts the address that you set last into use, with the code that was sent to it. A code is valid for 10 minutes and 5 tries.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['confirmContact'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/deliveries/{delivery}/opened': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Say that a message was opened
     * @description Says that you opened the message, which therefore arrived.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['reportOpened'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/deliveries/{delivery}/received': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Say that a message arrived
     * @description Says that your device got the message. Push services don’t tell, so only you can.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['reportReceived'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/devices/{device}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Register a device
     * @description Registers your device for push notifications, or replaces its push token. Call it after each log-in. A push token belongs to the device, of whichever person, that registered it last. Of more than 20 devices, the one registered longest ago is removed. Logging out ends the registration.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['registerDevice'];
    post?: never;
    /**
     * Remove a device
     * @description Stops pushes to your device, ends the sessions that were opened on it, and closes its WebSocket connections.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['removeDevice'];
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
    get?: never;
    put?: never;
    /**
     * Export everything of mine
     * @description Asks for an archive of everything of yours: profile, addresses and devices, sessions, preferences, relationships, posts, messages and notifications, as pages of HTML and as NDJSON, with your pictures and videos. It is made in the background: list your exports to see how far it has come. When it is ready you are told in your notification centre, and can download it for 7 days.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['exportEverything'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/exports/{export}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete an export
     * @description Ends an export of yours, whether it is ready or still being made. Nobody can download it from then on.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['deleteExport'];
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
    get?: never;
    put?: never;
    /**
     * Publish a post
     * @description Publishes a post to your friends and followers, a reply to a post that you can see, or one that quotes such a post.
     *
     *     Limit `posts`: 300 requests in 60 seconds.
     */
    post: operations['publishPost'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/follows/{person}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Follow a person
     * @description Brings the person’s posts into your feed. You can follow 5,000 people.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['follow'];
    post?: never;
    /**
     * Unfollow a person
     * @description Removes the person’s posts from your feed, unless you are friends.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['unfollow'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/friends/{person}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Remove a friend
     * @description Ends your friendship with a person.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['removeFriend'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/invitations/{channel}/accept': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Accept an invitation
     * @description Makes you a member of a group that you were invited to.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['acceptInvitation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/invitations/{channel}/refuse': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Refuse an invitation
     * @description Closes an invitation that you received. You may be invited again.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['refuseInvitation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/join-requests/{channel}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Withdraw a request to join
     * @description Takes back your request to join a group, which has not been answered yet.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['withdrawJoinRequest'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/joined-links': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Follow an invitation link
     * @description Makes you a member of the group that the link leads into, or asks for it where the link says so.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['joinByInvitationLink'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/live-tickets': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Get a ticket for a stream of events
     * @description Returns a ticket that a browser’s EventSource brings in the address of a stream of events, since it can send no headers. It is good for a minute, for streams alone, and ends with your session.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['openLiveTicket'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/message-requests/{channel}/accept': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Accept a message request
     * @description From now on the other person sees when you are online, type and have read, and messages are pushed to you. Writing in the channel accepts it, too.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['acceptMessageRequest'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/message-requests/{channel}/refuse': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Refuse a message request
     * @description You hear nothing more of the channel, and the other person isn’t told. Opening the channel yourself accepts it after all.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['refuseMessageRequest'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/mutes/{person}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Mute a person
     * @description Hides the person’s posts from your feed. The person doesn’t learn of it. You can mute 5,000 people.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['mute'];
    post?: never;
    /**
     * Unmute a person
     * @description Shows the person’s posts in your feed again.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['unmute'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/notifications/{notification}/archived': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Archive a notification
     * @description Takes one notification out of the list, into the archive.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['archiveNotification'];
    post?: never;
    /**
     * Take a notification out of the archive
     * @description Puts one notification back into the list, where it was.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['unarchiveNotification'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/notifications/{notification}/read': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Mark a notification as read
     * @description Marks one notification of your notification centre as read. The app that sent it learns that you have opened it.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['markNotificationRead'];
    post?: never;
    /**
     * Mark a notification as unread
     * @description Marks one notification as unread, also where you had marked all of them as read.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['markNotificationUnread'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/notifications/read': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Mark my notifications as read
     * @description Marks as read all that came into your notification centre until a moment, or all of one category.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['markNotificationsRead'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/notifications/seen': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Mark my notifications as seen
     * @description Marks as seen all that came into your notification centre until a moment: send it when the person opens the centre.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['markNotificationsSeen'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/password': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Change my password
     * @description Changes your password and ends your other sessions. Devices that have logged in before are known no more.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['changePassword'];
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
    get?: never;
    /**
     * Set my preferences
     * @description Sets the choices, the apps, the quiet hours and the digests that you send: all of them or, if one is refused, none. The others stay as they are.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['setPreferences'];
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
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Change what others learn of me
     * @description Changes what you name; the rest stays as it is. It holds at once, for what you have read or received before as well.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    patch: operations['changePrivacy'];
    trace?: never;
  };
  '/v1/me/recovery-codes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make new recovery codes
     * @description Makes 10 recovery codes in place of the earlier ones. You need a second factor.
     *
     *     You must have logged in within the last 10 minutes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['makeRecoveryCodes'];
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
    get?: never;
    put?: never;
    /**
     * Schedule a post
     * @description Publishes a post at a time to come. What would be refused now is refused at once; what others change until then, such as a post that you reply to, is looked at again when it is published.
     *
     *     Limit `posts`: 300 requests in 60 seconds.
     */
    post: operations['schedulePost'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/scheduled-posts/{scheduled}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Change a scheduled post
     * @description Replaces all of a post that waits to be published, its time included.
     *
     *     Limit `posts`: 300 requests in 60 seconds.
     */
    put: operations['changeScheduledPost'];
    post?: never;
    /**
     * Cancel a scheduled post
     * @description Takes a post away that waits to be published, or that could not be.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['cancelScheduledPost'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/second-factors': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my second factors
     * @description Lists your second factors, the one added first first. With at least one, logging in asks for it after the password.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    get: operations['listSecondFactors'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/second-factors/{factor}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Remove a second factor
     * @description Removes it, and with the last one the recovery codes: then the password alone logs in.
     *
     *     You must have logged in within the last 10 minutes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['removeSecondFactor'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/second-factors/{factor}/confirm': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Confirm a second factor
     * @description Puts the second factor into use, with a code of the app or the credential that the key has made: logging in takes it from now on. With the first one you get 10 recovery codes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['confirmSecondFactor'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/second-factors/totp': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Add an authenticator app
     * @description Makes a secret for an authenticator app (TOTP, RFC 6238), which is shown this once. Nothing changes until you confirm it, within 10 minutes. You can have 10 second factors.
     *
     *     You must have logged in within the last 10 minutes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['addTotp'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/second-factors/webauthn': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Add a key
     * @description Begins the registration of a security key, or of the lock of a device, by WebAuthn: pass `options` to `navigator.credentials.create()`. Nothing changes until you confirm it, within 10 minutes. You can have 10 second factors.
     *
     *     You must have logged in within the last 10 minutes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['addWebAuthn'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/sessions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List my sessions
     * @description Lists the devices on which you are logged in, with when each was last seen: one session each, the newest first.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    get: operations['listSessions'];
    put?: never;
    post?: never;
    /**
     * Log out on my other devices, or on all
     * @description Ends all your sessions, and closes their WebSocket connections. That of your token goes on unless you say otherwise.
     *
     *     You must have logged in within the last 10 minutes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['endOtherSessions'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/sessions/{session}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * End a session of mine
     * @description Ends the session and closes its WebSocket connections.
     *
     *     You must have logged in within the last 10 minutes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['endSession'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/uploads': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Begin to upload a picture, a video or a file
     * @description Announces an upload by the tus protocol (tus.io, 1.0.0), at most 100 MiB unless the operator says otherwise. Any tus client does the rest. Begun again under the same Idempotency-Key it is the same upload.
     *
     *     Limit `uploads`: 600 requests in 60 seconds.
     *
     *     Limit `uploads-begun`: 5000 requests in 86400 seconds.
     */
    post: operations['createUpload'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me/uploads/{media}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Discard an upload
     * @description Removes the bytes that have arrived. What has been uploaded whole is removed by itself where nothing shows it.
     *
     *     Limit `uploads`: 600 requests in 60 seconds.
     */
    delete: operations['discardUpload'];
    options?: never;
    /**
     * Ask how much of an upload has arrived
     * @description Tells by its headers where to go on, with whichever server.
     *
     *     Limit `uploads`: 600 requests in 60 seconds.
     */
    head: operations['getUpload'];
    /**
     * Send bytes of an upload
     * @description Takes the bytes from Upload-Offset on. What has arrived when the connection ends is kept. With the last byte the upload ends: GET /v1/me/media/{media} tells what became of it.
     *
     *     Limit `uploads`: 600 requests in 60 seconds.
     */
    patch: operations['sendUpload'];
    trace?: never;
  };
  '/v1/notifications': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Request a notification
     * @description Requests a notification of up to a thousand people, or of the members of a list. Each recipient’s preferences decide whether, when and on which channels it is sent. To see what became of it, call `GET /v1/notifications/{notification}` of the read API.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['requestNotification'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/notifications/{notification}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancel a notification
     * @description Cancels the deliveries of your notification that are not sent yet.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['cancelNotification'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/notifications/{notification}/pause': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Pause a notification to a list
     * @description Plans no more of its members until you resume it. What is planned already is sent. It expires at its time, paused or not.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['pauseNotification'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/notifications/{notification}/resume': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Resume a notification to a list
     * @description Goes on planning where it was paused.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['resumeNotification'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/opens/{picture}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Load the picture of an email
     * @description For mail readers: a picture of one pixel, whose loading tells the app that the email was opened.
     *
     *     Limit `tracked-links`: 6000 requests in 60 seconds.
     */
    get: operations['loadOpenPicture'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/partials/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Publish a partial
     * @description Publishes a piece of text that your templates share: `{% layout "frame" %}`, `{% render "footer" %}` or `{% include "footer" %}`. Templates that are published from now on use it; versions that are published already stay as they are.
     *
     *     A key of an app needs the scope `templates`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    put: operations['publishPartial'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/password-resets': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Ask for a code to reset a password
     * @description Sends a code to the confirmed email address of the account, or to its confirmed telephone number. The response is the same whether there is such an account, whether it has a confirmed address, and whether a code was sent. While 3 codes are valid, no other one is sent.
     *
     *     Limit `password-resets-of-address`: 100 requests in 3600 seconds.
     *
     *     Limit `password-resets-of-name`: 10 requests in 3600 seconds.
     */
    post: operations['askForPasswordReset'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/password-resets/confirm': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Reset a password with a code
     * @description Changes the password and ends all sessions of the account. It opens none: log in with the new password, and with the second factor where there is one. A code is valid for 10 minutes, 20 tries and one use. Tries count together with failed logins.
     *
     *     Limit `logins-of-address`: 3000 requests in 60 seconds.
     */
    post: operations['resetPassword'];
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
    get?: never;
    put?: never;
    /**
     * Sign up
     * @description Creates your account and claims your login name. To get a token, log in with `POST /v1/sessions`.
     *
     *     Limit `sign-ups`: 6000 requests in 3600 seconds.
     */
    post: operations['signUp'];
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
    get?: never;
    put?: never;
    post?: never;
    /**
     * Erase a person
     * @description Erases the account of somebody who asked for it and can’t log in, as `DELETE /v1/me` does. Nobody can undo this.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['erasePersonOf'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{person}/contacts/{kind}/block': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Unblock a person’s contact
     * @description Sends to the address again, after it was blocked because it bounced for good or its owner complained or sent STOP. Notifications that were suppressed in the meantime are not sent.
     *
     *     An operator needs the role `support` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['unblockContact'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{person}/second-factors': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Remove a person’s second factors
     * @description For a person who has lost all of them and the recovery codes, once you are sure of the person. The person is told.
     *
     *     An operator needs the role `moderator` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['removeSecondFactorsOf'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{person}/sessions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * End a person’s sessions
     * @description Ends all sessions of a person, such as after a theft, and closes their WebSocket connections.
     *
     *     An operator needs the role `support` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['endSessionsOf'];
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
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete a post
     * @description Deletes a post of yours. Its replies stay.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['deletePost'];
    options?: never;
    head?: never;
    /**
     * Edit a post
     * @description Changes the text of a post of yours.
     *
     *     Limit `posts`: 300 requests in 60 seconds.
     */
    patch: operations['editPost'];
    trace?: never;
  };
  '/v1/posts/{post}/bookmark': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Bookmark a post
     * @description Puts a post that you can see among your bookmarks, of which nobody else learns.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['bookmarkPost'];
    post?: never;
    /**
     * Remove a bookmark
     * @description Takes a post from your bookmarks, also one that you can’t see any more.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['removeBookmark'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/like': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Like a post
     * @description Adds your like to a post that you can see.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['likePost'];
    post?: never;
    /**
     * Unlike a post
     * @description Removes your like from a post, also from one that you can’t see any more.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['unlikePost'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/pin': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Pin a post to your profile
     * @description Shows a post of yours first on your profile, before those that you pinned earlier; at most 5, and each to those who may read it.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['pinPost'];
    post?: never;
    /**
     * Unpin a post from your profile
     * @description Takes a post from those that your profile shows first. The post stays.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['unpinPost'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/reaction': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * React to a post
     * @description Reacts to a post that you can see, in place of what your reaction to it was. One of the kinds is a like, as by the route of likes.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    put: operations['reactToPost'];
    post?: never;
    /**
     * Take a reaction back
     * @description Takes back your reaction to a post, of whichever kind, a like among them.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['takeReactionBack'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/posts/{post}/share': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Share a post
     * @description Passes a public post on to your friends and followers, once. The answer has the id of the post that the share is.
     *
     *     Limit `posts`: 300 requests in 60 seconds.
     */
    put: operations['sharePost'];
    post?: never;
    /**
     * Take a share back
     * @description Deletes your share of a post, also of one that you can’t see any more. You can share the post again.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['unsharePost'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/projections/{projection}/groups/{group}/parts/{part}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Hold a part of the work on a projection’s changes
     * @description Takes the part for 30 seconds, or goes on holding it, and stores how far it is done. Responds with the cursor at which to go on: where another worker held the part before, the last that it stored. Send it again every few seconds, and every second in which you have done something.
     *
     *     A key of an app needs the scope `projections:<name>`, which an operator gives it; the secret of the app will not do.
     *
     *     Limit `parts`: 12000 requests in 60 seconds.
     */
    put: operations['holdPart'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/projections/{projection}/groups/{group}/parts/{part}/release': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Release a part
     * @description Stores how far the part is done, and lets the next worker take it at once. Who holds it no longer changes nothing.
     *
     *     A key of an app needs the scope `projections:<name>`, which an operator gives it; the secret of the app will not do.
     *
     *     Limit `parts`: 12000 requests in 60 seconds.
     */
    post: operations['releasePart'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/reports': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Report something
     * @description Tells moderators of something that you can see. Each thing can be reported once; nobody else learns that you did.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['report'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/routing': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the routing
     * @description Returns the rules by which deliveries go to vendors, and the accounts that are plugged out.
     *
     *     An operator needs the role `viewer` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    get: operations['getRouting'];
    /**
     * Set the rules of the routing
     * @description Sets the rules by which deliveries go to vendors, in place of all before. Processes that run follow them within a second.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    put: operations['setRoutingRules'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/routing/plugged-out/{vendor}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Plug a vendor’s account out
     * @description Gives nothing to the account any more. What waits for it goes to others, and what nobody else serves waits until it is plugged in again or expires.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    put: operations['plugVendorOut'];
    post?: never;
    /**
     * Plug a vendor’s account in
     * @description Gives deliveries to the account again.
     *
     *     An operator needs the role `admin` for this.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    delete: operations['plugVendorIn'];
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
    get?: never;
    put?: never;
    /**
     * Create a schedule
     * @description Requests a notification each time that the rule comes round, the first time at the first occurrence that is still to come. Each is tried now as it will be then, and refused now where it would be. People who have withdrawn from your app by then are left out. To see what became of it, call `GET /v1/schedules/{schedule}` of the read API.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `schedules`: 120 requests in 60 seconds.
     */
    post: operations['createSchedule'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/schedules/{schedule}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancel a schedule
     * @description Ends it for good. Of an occurrence on the clocks of its recipients, what is not sent yet is cancelled too.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `schedules`: 120 requests in 60 seconds.
     */
    post: operations['cancelSchedule'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/schedules/{schedule}/pause': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Pause a schedule
     * @description Requests nothing until you resume it. What was requested before is sent.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `schedules`: 120 requests in 60 seconds.
     */
    post: operations['pauseSchedule'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/schedules/{schedule}/resume': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Resume a schedule
     * @description Goes on with the first occurrence that is still to come. Those that went by while it was paused are not requested.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `schedules`: 120 requests in 60 seconds.
     */
    post: operations['resumeSchedule'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/schedules/preview': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Preview a schedule
     * @description Returns when a rule comes round next. Nothing is created.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `schedules`: 120 requests in 60 seconds.
     */
    post: operations['previewSchedule'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Log in
     * @description Opens a session and responds with its token and with a gateway to connect to. After failed logins you have to wait a few seconds before the next one, but not on a device whose `deviceSecret` you send. If you have a second factor, you get a ticket instead, with which you send it. If you name your device, removing it ends the session, and logging out ends its registration for pushes.
     *
     *     Limit `logins-of-address`: 3000 requests in 60 seconds.
     */
    post: operations['logIn'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions/current': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Log out
     * @description Ends the session of your token, closes its WebSocket connections, and stops pushes to the device that you named when you logged in, or that you registered since.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    delete: operations['logOut'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions/current/authentication': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send my password again
     * @description Opens a new session on the same device, in place of that of your token, for what needs a recent login. The old token is valid no more, and its WebSocket connections are closed: connect again with the new one.
     *
     *     Limit `commands`: 600 requests in 60 seconds.
     */
    post: operations['authenticateAgain'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions/second-factor': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send my second factor
     * @description Opens the session that the password was sent for, with a code of your authenticator app, an assertion of your key, or a recovery code. A ticket is valid for 5 minutes and 5 tries. After wrong ones you have to wait before the next one, up to a quarter of an hour.
     *
     *     Limit `logins-of-address`: 3000 requests in 60 seconds.
     */
    post: operations['enterSecondFactor'];
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
    get?: never;
    put?: never;
    /**
     * Publish a template
     * @description Publishes a template, or the next version of one. A published version never changes: it takes in the partials that it uses as they are now.
     *
     *     A key of an app needs the scope `templates`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['publishTemplate'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/templates/{template}/preview': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Preview a template
     * @description Returns what each channel would show. Nothing is sent.
     *
     *     A key of an app needs the scope `templates`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['previewTemplate'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/templates/{template}/test': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send a template as a test
     * @description Sends the template to one person who is enrolled with your app, such as yourself, as any notification is sent: preferences hold it back too.
     *
     *     A key of an app needs the scope `send`.
     *
     *     Limit `app-requests`: 60000 requests in 60 seconds.
     */
    post: operations['testTemplate'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/unsubscribe/{token}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Show the page to unsubscribe
     * @description Shows a page with a button. It changes nothing.
     *
     *     Limit `unsubscribes`: 600 requests in 60 seconds.
     */
    get: operations['showUnsubscribe'];
    put?: never;
    /**
     * Unsubscribe from a category
     * @description Ends messages of the category on the channel that the link names, without logging in. Whatever the body says, and however often.
     *
     *     Limit `unsubscribes`: 600 requests in 60 seconds.
     */
    post: operations['unsubscribe'];
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
    __schema0: unknown;
    __schema1: unknown;
    __schema2: unknown;
    AppAccess: {
      /** @description The keys beside its secret, the oldest first. */
      keys: {
        /**
         * @description The id of a key of an app.
         * @example a7d1e3c5-2b4f-5a68-9c0d-7e1f3a5b8d92
         */
        id: string;
        /**
         * @description What it is for: at most 100 characters.
         * @example Sends orders
         */
        name: string;
        /**
         * @description What the key may do.
         * @example [
         *       "send"
         *     ]
         */
        scopes: string[];
      }[];
      /** @description The quotas that it has. */
      quotas: {
        /** @description How much it is. */
        max: number;
        /**
         * @description As in the headers `RateLimit` and `RateLimit-Policy`.
         * @enum {string}
         */
        name: 'requests-per-hour' | 'requests-per-day' | 'recipients-per-hour' | 'recipients-per-day';
        /** @description What is left. null: the counts can’t be reached. */
        remaining: number | null;
        /** @description For how long, from the first request in it. */
        windowSeconds: number;
      }[];
      /** @description Whether its messages go to the outbox alone. */
      sandbox: boolean;
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
    Routing: {
      /** @description The accounts that are plugged out: nothing is given to them. */
      pluggedOut: string[];
      /** @description The first rule that fits a delivery decides. Where none fits, all vendors of the channel serve it in the order of their settings. */
      rules: {
        /**
         * @description The channel of the deliveries that it is for.
         * @enum {string}
         */
        channel: 'push' | 'sms' | 'email';
        /**
         * @description To people of these countries alone (ISO 3166-1 alpha-2): of a text, the country of its number.
         * @example [
         *       "DE",
         *       "AT"
         *     ]
         */
        countries?: string[];
        /** @description Of pushes: to devices of these platforms alone. */
        platforms?: ('fcm' | 'apns' | 'web' | 'jpush' | 'pushy')[];
        /** @description Who serves them. Nobody else does. */
        vendors: {
          /**
           * @description The name of a vendor’s account.
           * @example twilio-eu
           */
          vendor: string;
          /** @description Its share of the deliveries, beside the other weights. Absent: it serves what the others can’t. */
          weight?: number;
        }[];
      }[];
    };
    TemplatePreview: {
      /** @description By channel, what a recipient would be shown: with a text that is too long cut, and the styles of the HTML in its elements. */
      channels: {
        [key: string]: {
          /** @description The text. */
          body: string;
          /** @description Of an email. */
          html?: string;
          /** @description The title, or the subject of an email. */
          title?: string;
          /** @description The address that opens. */
          url?: string;
        } & {
          [key: string]: unknown;
        };
      };
      /**
       * @description The language whose texts were rendered; `und` where you have not said which it is.
       * @example de
       */
      locale: string;
      /** @description The version that was rendered. */
      version: number;
    };
  };
  responses: never;
  parameters: {
    /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
    IdempotencyKey: string;
    /** @description The same as `Tidings-Position`, under the name that queries use. */
    MinPosition: string;
    /** @description The last position that your client has received. The position of the response covers it too. */
    TidingsPosition: string;
  };
  requestBodies: never;
  headers: {
    /** @description The key of this command; made by the server if you sent none. */
    IdempotencyKey: string;
    /** @description Present when the command was handled before: the body is its first response. */
    IdempotencyReplayed: 'true';
    /** @description What is left of each quota, with this request taken from it. */
    RateLimit: string;
    /** @description The quotas of your app: `q` of them in a window of `w` seconds. Absent where it has none. */
    RateLimitPolicy: string;
    /** @description How many seconds to wait before you try again. */
    RetryAfter: string;
    /** @description The same as `position` in the body. */
    TidingsPosition: string;
  };
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  claimAccount: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "claim": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
         *       "newPassword": "a stable full of staples"
         *     }
         */
        'application/json': {
          /**
           * @description What stands in the link.
           * @example kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe
           */
          claim: string;
          /** @description 8 to 1024 characters, of any kind. */
          newPassword: string;
        };
      };
    };
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  registerApp: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Web shop",
         *       "sandbox": false
         *     }
         */
        'application/json': {
          /**
           * @description The name of the app: at most 100 characters.
           * @example Web shop
           */
          name: string;
          /** @description true: all its messages go to the outbox, whatever the routing says, and its deliveries say so. It stays so for good; an app that goes live is another app. Default: false. */
          sandbox?: boolean;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "secret": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of an app.
             * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Sign the app’s requests with it. Only this response shows it. */
            secret: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "secret": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of an app.
             * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Sign the app’s requests with it. Only this response shows it. */
            secret: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  disableApp: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. Operators must send it. */
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
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  getAppAccess: {
    parameters: {
      query?: never;
      header?: never;
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
           *       "sandbox": false,
           *       "keys": [
           *         {
           *           "id": "a7d1e3c5-2b4f-5a68-9c0d-7e1f3a5b8d92",
           *           "name": "Sends orders",
           *           "scopes": [
           *             "send"
           *           ]
           *         }
           *       ],
           *       "quotas": [
           *         {
           *           "name": "requests-per-hour",
           *           "max": 10000,
           *           "windowSeconds": 3600,
           *           "remaining": 9871
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['AppAccess'];
        };
      };
    };
  };
  addAppKey: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Sends orders",
         *       "scopes": [
         *         "send"
         *       ]
         *     }
         */
        'application/json': {
          /**
           * @description What it is for: at most 100 characters.
           * @example Sends orders
           */
          name: string;
          /**
           * @description What the key may do: `send` requests and cancels notifications, `templates` publishes and previews templates, `lists` changes lists, `read` reads. Everything else needs the secret of the app. Two more only an operator gives: `projections:<name>` subscribes to the documents of a projection, of all people, and `personal-fields` has what people wrote in them.
           * @example [
           *       "send"
           *     ]
           */
          scopes: (('send' | 'templates' | 'lists' | 'read') | 'personal-fields' | string)[];
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "a7d1e3c5-2b4f-5a68-9c0d-7e1f3a5b8d92",
           *       "secret": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a key of an app.
             * @example a7d1e3c5-2b4f-5a68-9c0d-7e1f3a5b8d92
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Sign requests with it. Only this response shows it. */
            secret?: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "a7d1e3c5-2b4f-5a68-9c0d-7e1f3a5b8d92",
           *       "secret": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a key of an app.
             * @example a7d1e3c5-2b4f-5a68-9c0d-7e1f3a5b8d92
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Sign requests with it. Only this response shows it. */
            secret?: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeAppKey: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of an app. */
        app: string;
        /** @description The id of a key of an app. */
        key: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  setAppQuota: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "requestsPerHour": 10000,
         *       "recipientsPerDay": 1000000
         *     }
         */
        'application/json': {
          /** @description Recipients of these in a day. Default: not limited. */
          recipientsPerDay?: number;
          /** @description Recipients of these in an hour. Default: not limited. */
          recipientsPerHour?: number;
          /** @description Notifications that it may request in a day. Default: not limited. */
          requestsPerDay?: number;
          /** @description Notifications that it may request in an hour. Default: not limited. */
          requestsPerHour?: number;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  rotateSecret: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
         * @example {
         *       "immediately": true
         *     }
         */
        'application/json': {
          /** @description End the old secret at once. Default: false. */
          immediately?: boolean;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "secret": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Sign the app’s requests with it. Only this response shows it. */
            secret: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "secret": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Sign the app’s requests with it. Only this response shows it. */
            secret: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  setSenderIdentity: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "email": {
         *         "from": "orders@shop.example",
         *         "name": "Web shop",
         *         "replyTo": "help@shop.example"
         *       },
         *       "sms": {
         *         "from": "+15005550006"
         *       }
         *     }
         */
        'application/json': {
          /** @description Of pushes by APNs. */
          apns?: {
            /** @description The bundle id of the iOS app. */
            topic: string;
          };
          /** @description Of emails. */
          email?: {
            /** @description The address that emails come from. */
            from: string;
            /** @description The name beside it. */
            name?: string;
            /** @description Where answers go. Default: `from`. */
            replyTo?: string;
          };
          /** @description Of pushes by FCM. */
          fcm?: {
            /** @description The id of the Firebase project. */
            project: string;
          };
          /** @description Of text messages. */
          sms?: {
            /** @description A number in E.164, a sender name of at most 11 letters and digits, or the id of a messaging service. */
            from: string;
          };
          /** @description Of pushes to browsers. */
          webPush?: {
            /** @description A mailto: or https: address for the browsers’ push services. */
            subject: string;
          };
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "app-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  setWebhook: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "url": "https://shop.example/tidings",
         *       "events": [
         *         "delivery.delivered"
         *       ]
         *     }
         */
        'application/json': {
          /**
           * @description What you want to be told of.
           * @example [
           *       "delivery.delivered",
           *       "delivery.undelivered"
           *     ]
           */
          events: (
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
            | 'delivery.complained'
          )[];
          /**
           * @description An https: address.
           * @example https://shop.example/tidings
           */
          url: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
           *       "stream": "webhooks-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Verify signatures with it. Only this response shows it. */
            secret?: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
           *       "stream": "webhooks-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Verify signatures with it. Only this response shows it. */
            secret?: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeWebhook: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. Operators must send it. */
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
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "webhooks-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  replayWebhookMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of an app. */
        app: string;
        /** @description The message’s `webhook-id`. */
        message: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "webhook-c56a4180-65aa-42ec-a945-5fd21dec0538",
           *       "revision": 5,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "webhook-c56a4180-65aa-42ec-a945-5fd21dec0538",
           *       "revision": 5,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  rotateWebhookSecret: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
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
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
           *       "stream": "webhooks-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Verify signatures with it. Only this response shows it. */
            secret?: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
           *       "stream": "webhooks-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description Verify signatures with it. Only this response shows it. */
            secret?: string;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  findCallbackAddress: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The name of the account there. */
        account: string;
        /** @description The vendor. */
        vendor: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  recordCallback: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The name of the account there. */
        account: string;
        /** @description The vendor. */
        vendor: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        '*/*': string;
      };
    };
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  declareCategory: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The category of the notification, in the words of the app; people choose by it. Letter case and surrounding spaces don’t matter. */
        category: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "title": "Orders",
         *       "language": "en",
         *       "locales": {
         *         "de": {
         *           "title": "Bestellungen"
         *         }
         *       },
         *       "channels": [
         *         "push",
         *         "email"
         *       ],
         *       "perDayMax": 5
         *     }
         */
        'application/json': {
          /** @description The channels that are on by default, and that notifications go out on whose request names none. On others a person gets it who has asked for it. Default: all. */
          channels?: ('push' | 'sms' | 'email' | 'in-app')[];
          /**
           * @description What holds for people who have chosen nothing. Default: `in`.
           * @enum {string}
           */
          default?: 'in' | 'out';
          /**
           * @description What they get, in a sentence.
           * @example When an order is paid, sent and delivered.
           */
          description?: string;
          /** @description Whether several are sent as one to people who have chosen nothing. Default: each by itself. */
          digest?:
            | {
                /**
                 * @description Each by itself.
                 * @constant
                 */
                kind: 'at-once';
              }
            | {
                /**
                 * @description Those of so many minutes, counted from the first, as one.
                 * @constant
                 */
                kind: 'after-first';
                /**
                 * @description How many minutes.
                 * @example 30
                 */
                minutes: number;
              }
            | {
                /**
                 * @description Those until a time of day, by the clock of the person’s time zone, as one.
                 * @constant
                 */
                kind: 'time-of-day';
                /**
                 * @description The time of day.
                 * @example 08:00
                 */
                time: string;
              };
          /**
           * @description Your template that says a digest, of the parameters `category` (its title), `count`, `more` and `items`, each with `title`, `body` and `url`. Default: a list of them.
           * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
           */
          digestTemplate?: string;
          /**
           * @description The channels on which each recipient is told next, step by step, while no message is confirmed: at most 4. A message of a step is planned with all rules anew, and not sent if a confirmation comes before it. No channel may have its turn twice.
           * @example [
           *       {
           *         "afterMinutes": 10,
           *         "unless": "delivered",
           *         "channel": "sms"
           *       }
           *     ]
           */
          failover?: {
            /**
             * @description How long after a vendor took the messages before. It goes on at once where none of them can arrive.
             * @example 10
             */
            afterMinutes: number;
            /**
             * @description The channel that it goes on with.
             * @example sms
             * @enum {string}
             */
            channel: 'push' | 'sms' | 'email' | 'in-app';
            /**
             * @description `delivered`: it does not go on where the vendor or the device has said that a message arrived. `opened`: where the recipient has opened one.
             * @enum {string}
             */
            unless: 'delivered' | 'opened';
          }[];
          /**
           * @description The language of `title` and `description`, which everybody sees whose own has none.
           * @example en
           */
          language?: string;
          /**
           * @description The same in other languages, by BCP 47 tag: at most 50.
           * @example {
           *       "de": {
           *         "title": "Bestellungen"
           *       }
           *     }
           */
          locales?: {
            [key: string]: {
              /**
               * @description What they get, in a sentence.
               * @example When an order is paid, sent and delivered.
               */
              description?: string;
              /**
               * @description How people see it called.
               * @example Orders
               */
              title: string;
            };
          };
          /** @description Whether people must be told: nobody can opt out, and neither caps nor quiet hours hold it back. A person who ends their enrolment gets none. Default: false. */
          mandatory?: boolean;
          /**
           * @description The most that one person gets in any 24 hours, counted in deliveries that vendors accepted. What is more waits for room. Default: the cap of the app.
           * @example 5
           */
          perDayMax?: number;
          /**
           * @description How people see it called.
           * @example Orders
           */
          title: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "categories-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "categories-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeCategory: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The category of the notification, in the words of the app; people choose by it. Letter case and surrounding spaces don’t matter. */
        category: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "categories-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  openChannel: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "kind": "direct",
         *       "members": [
         *         "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
         *       ]
         *     }
         */
        'application/json':
          | {
              /**
               * @description A channel of you and one other person.
               * @constant
               */
              kind: 'direct';
              /** @description The other person. */
              members: [string];
            }
          | {
              /**
               * @description Whether people who join from now on may read what was said before. It changes nothing for those who are members.
               * @enum {string}
               */
              history?: 'all' | 'since-joining';
              /**
               * @description A channel of several people, which you own.
               * @constant
               */
              kind: 'group';
              /** @description The members. You are a member whether you are listed or not. People who are not your friends are invited. */
              members: string[];
              /**
               * @description A group that you are both in: by it, a person who isn’t your friend is added without being asked.
               * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
               */
              sharedGroup?: string;
              /**
               * @description One line of at most 100 characters.
               * @example Us
               */
              title?: string;
            }
          | {
              /**
               * @description Whether people who join from now on may read what was said before. It changes nothing for those who are members.
               * @enum {string}
               */
              history?: 'all' | 'since-joining';
              /**
               * @description A channel that you own, in which only you and your admins write.
               * @constant
               */
              kind: 'announcement';
              /** @description People who are invited. Any number more come by invitation links. */
              members?: string[];
              /**
               * @description One line of at most 100 characters.
               * @example Us
               */
              title?: string;
            };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a channel.
             * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a channel.
             * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  renameChannel: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "title": "All of us"
         *     }
         */
        'application/json': {
          /**
           * @description One line of at most 100 characters.
           * @example Us
           */
          title: string;
        };
      };
    };
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  describeChannel: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "description": "We sing on Fridays."
         *     }
         */
        'application/json': {
          /** @description At most 1,000 characters. */
          description: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 6,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 6,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  setDisappearing: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "afterSeconds": 86400
         *     }
         */
        'application/json': {
          /**
           * @description After how many seconds: from 60 to 31536000. null: what is said from now on stays.
           * @example 86400
           */
          afterSeconds: number | null;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 8,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 8,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  exportChannel: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *       "stream": "export-9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of an export.
             * @example 9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *       "stream": "export-9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of an export.
             * @example 9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  setChannelHistory: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "history": "since-joining"
         *     }
         */
        'application/json': {
          /**
           * @description Whether people who join from now on may read what was said before. It changes nothing for those who are members.
           * @enum {string}
           */
          history: 'all' | 'since-joining';
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 9,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 9,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  withdrawInvitation: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  approveJoinRequest: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 13,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 13,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  refuseJoinRequest: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 14,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  chooseChannelLevel: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "level": "mentions"
         *     }
         */
        'application/json': {
          /**
           * @description Of which messages you are told.
           * @enum {string}
           */
          level: 'all' | 'mentions' | 'none';
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "inbox-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "inbox-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  createInvitationLink: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
         * @example {
         *       "usesMax": 20,
         *       "expiresAt": "2026-07-01T09:35:12.000Z",
         *       "approval": true
         *     }
         */
        'application/json': {
          /** @description Whether the owner or an admin is asked before somebody who follows it is a member. */
          approval?: boolean;
          /**
           * Format: date-time
           * @description When it ends: at most 365 days ahead. Absent: when it is revoked.
           * @example 2026-07-01T09:35:12.000Z
           */
          expiresAt?: string;
          /** @description How many people may follow it. Absent: as many as there is room for. */
          usesMax?: number;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "link": "4b3a2918-0f7e-5d6c-8b4a-9382716f5e4d",
           *       "token": "bl1MOyoZXwiLfG1eTzorHEs6KRgPfl1si0qTgnFvXk2hX3mZ0b7vQ4sT9uW1yE5c",
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 10,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of an invitation link.
             * @example 4b3a2918-0f7e-5d6c-8b4a-9382716f5e4d
             */
            link: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
            /**
             * @description What the link ends with. Everybody who has it can follow the link.
             * @example bl1MOyoZXwiLfG1eTzorHEs6KRgPfl1si0qTgnFvXk2hX3mZ0b7vQ4sT9uW1yE5c
             */
            token: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "link": "4b3a2918-0f7e-5d6c-8b4a-9382716f5e4d",
           *       "token": "bl1MOyoZXwiLfG1eTzorHEs6KRgPfl1si0qTgnFvXk2hX3mZ0b7vQ4sT9uW1yE5c",
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 10,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of an invitation link.
             * @example 4b3a2918-0f7e-5d6c-8b4a-9382716f5e4d
             */
            link: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
            /**
             * @description What the link ends with. Everybody who has it can follow the link.
             * @example bl1MOyoZXwiLfG1eTzorHEs6KRgPfl1si0qTgnFvXk2hX3mZ0b7vQ4sT9uW1yE5c
             */
            token: string;
          };
        };
      };
    };
  };
  revokeInvitationLink: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The id of an invitation link. */
        link: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 11,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  addMember: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        /** @example {} */
        'application/json': {
          /**
           * @description A group that you are both in: by it, a person who isn’t your friend is added without being asked.
           * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
           */
          sharedGroup?: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "membership": "member",
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Whether the person is a member now, or was asked to become one.
             * @enum {string}
             */
            membership: 'member' | 'invited';
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "membership": "member",
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Whether the person is a member now, or was asked to become one.
             * @enum {string}
             */
            membership: 'member' | 'invited';
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeMember: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  setMemberRole: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "role": "admin"
         *     }
         */
        'application/json': {
          /**
           * @description The role from now on.
           * @enum {string}
           */
          role: 'admin' | 'member';
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 4,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 4,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  postMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "text": "Hello Bob",
         *       "entities": [
         *         {
         *           "kind": "mention",
         *           "from": 6,
         *           "to": 9,
         *           "person": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
         *         }
         *       ]
         *     }
         */
        'application/json': {
          /** @description What parts of the text are: at most 100. The text itself has no markup. */
          entities?: (
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
          /** @description Pictures, videos, recordings and files that you have uploaded, at most 10. Then the text may be empty. */
          media?: {
            /**
             * @description What is to be seen, in words: at most 1500 characters.
             * @example A cat on a fence
             */
            alt?: string;
            /**
             * @description The id of a picture or a video.
             * @example 8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d
             */
            media: string;
            /**
             * @description The name of a file: at most 255 characters.
             * @example minutes.pdf
             */
            name?: string;
          }[];
          /** @description The members that the message mentions: at most 50. */
          mentions?: string[];
          /** @description The part of the message that you reply to (`replyTo`) which you speak about: at most 1000 characters. */
          quote?: {
            /**
             * @description The `seq` of the edit whose text is meant. Absent: the message’s first text.
             * @example 42
             */
            edit?: number;
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          };
          /**
           * @description The `seq` of the message that you reply to.
           * @example 40
           */
          replyTo?: number;
          /**
           * @description At most 100,000 characters.
           * @example Hello
           */
          text: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "seq": 41,
           *       "stream": "messages-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 41,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /**
             * @description The number of the entry in the channel. For a new message, its id too.
             * @example 41
             */
            seq: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "seq": 41,
           *       "stream": "messages-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 41,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /**
             * @description The number of the entry in the channel. For a new message, its id too.
             * @example 41
             */
            seq: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  withdrawMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
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
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "seq": 43,
           *       "stream": "messages-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 43,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /**
             * @description The number of the entry in the channel. For a new message, its id too.
             * @example 41
             */
            seq: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  editMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The `seq` of the message. */
        message: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "text": "Hello, Bob"
         *     }
         */
        'application/json': {
          /** @description What parts of the text are: at most 100. The text itself has no markup. */
          entities?: (
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
           * @description At most 100,000 characters.
           * @example Hello
           */
          text: string;
        };
      };
    };
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "seq": 42,
           *       "stream": "messages-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 42,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /**
             * @description The number of the entry in the channel. For a new message, its id too.
             * @example 41
             */
            seq: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  addReaction: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description One emoji. With or without U+FE0F it is the same. */
        emoji: string;
        /** @description The `seq` of the message. */
        message: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "seq": 44,
           *       "stream": "messages-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 44,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /**
             * @description The number of the entry in the channel. For a new message, its id too.
             * @example 41
             */
            seq: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "seq": 44,
           *       "stream": "messages-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 44,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /**
             * @description The number of the entry in the channel. For a new message, its id too.
             * @example 41
             */
            seq: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeReaction: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description One emoji. With or without U+FE0F it is the same. */
        emoji: string;
        /** @description The `seq` of the message. */
        message: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "seq": 45,
           *       "stream": "messages-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 45,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /**
             * @description The number of the entry in the channel. For a new message, its id too.
             * @example 41
             */
            seq: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  muteChannel: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
         * @example {
         *       "until": "2026-07-01T09:35:12.000Z"
         *     }
         */
        'application/json': {
          /**
           * Format: date-time
           * @description When it ends by itself. Absent: when you unmute it.
           * @example 2026-07-01T09:35:12.000Z
           */
          until?: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "inbox-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "inbox-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unmuteChannel: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "inbox-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  handOverChannel: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "person": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
         *     }
         */
        'application/json': {
          /**
           * @description The member who is to own the group.
           * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
           */
          person: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 5,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 5,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  setChannelPicture: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "media": "8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d",
         *       "alt": "The choir"
         *     }
         */
        'application/json': {
          /** @description What is to be seen, in words: at most 1,500 characters. */
          alt?: string;
          /**
           * @description A picture of yours that you have uploaded.
           * @example 8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d
           */
          media: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 7,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 7,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeChannelPicture: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 8,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  pinMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
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
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 7,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 7,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unpinMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
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
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 7,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  markRead: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "seq": 41
         *     }
         */
        'application/json': {
          /**
           * @description The last entry that you have read.
           * @example 41
           */
          seq: number;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "inbox-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "inbox-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  scheduleMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "text": "Rehearsal in an hour",
         *       "sendAt": "2026-07-01T09:30:00.000Z"
         *     }
         */
        'application/json': {
          /** @description What parts of the text are: at most 100. The text itself has no markup. */
          entities?: (
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
          /** @description Pictures, videos, recordings and files that you have uploaded, at most 10. Then the text may be empty. */
          media?: {
            /**
             * @description What is to be seen, in words: at most 1500 characters.
             * @example A cat on a fence
             */
            alt?: string;
            /**
             * @description The id of a picture or a video.
             * @example 8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d
             */
            media: string;
            /**
             * @description The name of a file: at most 255 characters.
             * @example minutes.pdf
             */
            name?: string;
          }[];
          /** @description The members that the message mentions: at most 50. */
          mentions?: string[];
          /** @description The part of the message that you reply to (`replyTo`) which you speak about: at most 1000 characters. */
          quote?: {
            /**
             * @description The `seq` of the edit whose text is meant. Absent: the message’s first text.
             * @example 42
             */
            edit?: number;
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          };
          /**
           * @description The `seq` of the message that you reply to.
           * @example 40
           */
          replyTo?: number;
          /**
           * Format: date-time
           * @description When it is to be sent: a time to come, at most 365 days ahead, in UTC or with an offset.
           * @example 2026-07-01T09:30:00.000Z
           */
          sendAt: string;
          /**
           * @description At most 100,000 characters.
           * @example Hello
           */
          text: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
           *       "stream": "unsent-6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a scheduled message.
             * @example 6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
           *       "stream": "unsent-6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a scheduled message.
             * @example 6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  changeScheduledMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The id of a scheduled message. */
        scheduled: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "text": "Rehearsal in two hours",
         *       "sendAt": "2026-07-01T09:30:00.000Z"
         *     }
         */
        'application/json': {
          /** @description What parts of the text are: at most 100. The text itself has no markup. */
          entities?: (
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
          /** @description Pictures, videos, recordings and files that you have uploaded, at most 10. Then the text may be empty. */
          media?: {
            /**
             * @description What is to be seen, in words: at most 1500 characters.
             * @example A cat on a fence
             */
            alt?: string;
            /**
             * @description The id of a picture or a video.
             * @example 8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d
             */
            media: string;
            /**
             * @description The name of a file: at most 255 characters.
             * @example minutes.pdf
             */
            name?: string;
          }[];
          /** @description The members that the message mentions: at most 50. */
          mentions?: string[];
          /** @description The part of the message that you reply to (`replyTo`) which you speak about: at most 1000 characters. */
          quote?: {
            /**
             * @description The `seq` of the edit whose text is meant. Absent: the message’s first text.
             * @example 42
             */
            edit?: number;
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          };
          /**
           * @description The `seq` of the message that you reply to.
           * @example 40
           */
          replyTo?: number;
          /**
           * Format: date-time
           * @description When it is to be sent: a time to come, at most 365 days ahead, in UTC or with an offset.
           * @example 2026-07-01T09:30:00.000Z
           */
          sendAt: string;
          /**
           * @description At most 100,000 characters.
           * @example Hello
           */
          text: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "unsent-6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "unsent-6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  cancelScheduledMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
        /** @description The id of a scheduled message. */
        scheduled: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "unsent-6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  requestFriend: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "person": "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
         *     }
         */
        'application/json': {
          /**
           * @description The id of a person.
           * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
           */
          person: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "stream": "friendship-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a friend request: the ids of the two people, joined by a colon.
             * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "stream": "friendship-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a friend request: the ids of the two people, joined by a colon.
             * @example 3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  acceptFriend: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a friend request: the ids of the two people, joined by a colon. */
        request: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "friendship-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "friendship-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  refuseFriend: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a friend request: the ids of the two people, joined by a colon. */
        request: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "friendship-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "friendship-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  withdrawFriend: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a friend request: the ids of the two people, joined by a colon. */
        request: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "friendship-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "friendship-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  recommendGateway: {
    parameters: {
      query?: {
        region?: string;
      };
      header?: never;
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
           *       "gateway": "ws://127.0.0.1:8083"
           *     }
           */
          'application/json': {
            /**
             * @description The WebSocket address to connect to. null: no gateway is available at the moment.
             * @example ws://127.0.0.1:8083
             */
            gateway: string | null;
          };
        };
      };
    };
  };
  followLink: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description As it stands in the email. */
        token: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        '*/*': string;
      };
    };
    responses: {
      /** @description You asked for JSON: where it leads. Nothing is recorded. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "url": "https://shop.example/orders/4711"
           *     }
           */
          'application/json': {
            /** @description Where the link leads. */
            url: string;
          };
        };
      };
    };
  };
  createList: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Subscribers"
         *     }
         */
        'application/json': {
          /**
           * @description The name of the list, for you: at most 100 characters.
           * @example Subscribers
           */
          name: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *       "stream": "list-2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a list.
             * @example 2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *       "stream": "list-2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a list.
             * @example 2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeList: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a list. */
        list: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "list-2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  changeListMembers: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a list. */
        list: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "add": [
         *         "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10"
         *       ],
         *       "remove": [
         *         "9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31"
         *       ]
         *     }
         */
        'application/json': {
          /** @description Who becomes a member. They need not be enrolled with your app yet: that is looked up when something is sent. */
          add?: string[];
          /** @description Who is a member no more, also where `add` names them. */
          remove?: string[];
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "list-2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "list-2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  erasePerson: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "user-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  changeProfile: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "about": "Engines, mostly analytical",
         *       "timeZone": "Europe/London",
         *       "language": "en-GB",
         *       "country": "GB"
         *     }
         */
        'application/json': {
          /** @description A text about yourself: at most 1,000 characters. */
          about?: string;
          /**
           * @description The country you live in (ISO 3166-1 alpha-2); it decides which vendors can reach you. Nobody else sees it.
           * @example GB
           */
          country?: string;
          /** @description Whether others find you by your name or login name, and can mention you. Friends can mention you in any case. */
          findable?: boolean;
          /**
           * @description The language you are told in, as a BCP 47 tag. Nobody else sees it.
           * @example en-GB
           */
          language?: string;
          /**
           * @description The name that others see: one line of at most 100 characters.
           * @example Ada
           */
          name?: string;
          /** @description The picture that others see beside your name. null: none. */
          picture?: {
            /** @description What is to be seen, in words: at most 1,500 characters. */
            alt?: string;
            /**
             * @description A picture of yours that you have uploaded.
             * @example 8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d
             */
            media: string;
          } | null;
          /**
           * @description An IANA time zone.
           * @example Europe/London
           */
          timeZone?: string;
        };
      };
    };
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "user-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  appeal: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "post": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
         *       "text": "It was a quotation."
         *     }
         */
        'application/json': {
          /**
           * @description Absent: it is about your account.
           * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
           */
          post?: string;
          /**
           * @description At most 2,000 characters. Only moderators read it.
           * @example It is the same under every post.
           */
          text: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "stream": "case-post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The case that moderators look at.
             * @example post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "stream": "case-post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The case that moderators look at.
             * @example post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  enrol: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "preferences-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "preferences-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  withdrawEnrolment: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of an app. */
        app: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "preferences-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  block: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "connections-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "connections-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unblock: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "connections-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  setContact: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The kind of contact. A person has at most one of each. */
        kind: 'email' | 'phone';
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "address": "ada@example.org"
         *     }
         */
        'application/json': {
          /**
           * @description An email address, with a domain of any script, or a telephone number: in international writing, or as it is dialled in `country`. Letter case doesn’t matter.
           * @example ada@example.org
           * @example +4930123456
           * @example 030 123456
           */
          address: string;
          /**
           * @description Of a telephone number in national writing, its country (ISO 3166-1 alpha-2).
           * @example DE
           */
          country?: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "5e4f3a2b-1c0d-5e9f-8a7b-6c5d4e3f2a1b",
           *       "stream": "contacts-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /** @description The id of the endpoint: this address. */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "5e4f3a2b-1c0d-5e9f-8a7b-6c5d4e3f2a1b",
           *       "stream": "contacts-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /** @description The id of the endpoint: this address. */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeContact: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The kind of contact. A person has at most one of each. */
        kind: 'email' | 'phone';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "contacts-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  confirmContact: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The kind of contact. A person has at most one of each. */
        kind: 'email' | 'phone';
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "code": "48291730"
         *     }
         */
        'application/json': {
          /**
           * @description The code from the message.
           * @example 48291730
           */
          code: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "contacts-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "contacts-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  reportOpened: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a delivery. */
        delivery: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 4,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 4,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  reportReceived: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a delivery. */
        delivery: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 4,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 4,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  registerDevice: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a device. Your client makes one for each of its installations: 1 to 128 letters, digits or the characters _ . : -, always in the same letter case. */
        device: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "platform": "fcm",
         *       "token": "fXk3Tq8:APA91bH"
         *     }
         */
        'application/json': {
          /**
           * @description Only notifications of this app are pushed to the device. Default: of every app.
           * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
           */
          app?: string;
          /**
           * @description The push service that issued the token.
           * @enum {string}
           */
          platform: 'fcm' | 'apns' | 'web' | 'jpush' | 'pushy';
          /** @description The push token, exactly as FCM, APNs or another push service issued it. */
          token: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "5e4f3a2b-1c0d-5e9f-8a7b-6c5d4e3f2a1b",
           *       "stream": "contacts-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /** @description The id of the endpoint: the device with this token. */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "5e4f3a2b-1c0d-5e9f-8a7b-6c5d4e3f2a1b",
           *       "stream": "contacts-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /** @description The id of the endpoint: the device with this token. */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeDevice: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a device. Your client makes one for each of its installations: 1 to 128 letters, digits or the characters _ . : -, always in the same letter case. */
        device: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "contacts-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  exportEverything: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *       "stream": "export-9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of an export.
             * @example 9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *       "stream": "export-9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of an export.
             * @example 9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  deleteExport: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of an export. */
        export: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "export-9c8b7a6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
           *       "revision": 7,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  publishPost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "text": "Hello, world"
         *     }
         */
        'application/json': {
          /** @description Pictures and videos that you have uploaded, at most 10. */
          media?: {
            /**
             * @description What is to be seen, in words: at most 1,500 characters.
             * @example A cat on a fence
             */
            alt?: string;
            /**
             * @description The id of a picture or a video.
             * @example 8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d
             */
            media: string;
          }[];
          /**
           * @description The public post that you quote.
           * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
           */
          quotes?: string;
          /**
           * @description The post that you reply to.
           * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
           */
          replyTo?: string;
          /**
           * @description At most 10,000 characters. A post with pictures needs none.
           * @example Hello, world
           */
          text?: string;
          /**
           * @description Who may read it; everybody, if it is absent. People who may not read the post that you reply to can’t read the reply either.
           * @example friends
           * @enum {string}
           */
          visibility?: 'public' | 'friends' | 'self';
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "stream": "post-Q4N7T2W5X6Y8ZABC",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a post.
             * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "stream": "post-Q4N7T2W5X6Y8ZABC",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a post.
             * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  follow: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "connections-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "connections-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unfollow: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "connections-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeFriend: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "friendship-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  acceptInvitation: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  refuseInvitation: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  withdrawJoinRequest: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 15,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  joinByInvitationLink: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "token": "bl1MOyoZXwiLfG1eTzorHEs6KRgPfl1si0qTgnFvXk2hX3mZ0b7vQ4sT9uW1yE5c"
         *     }
         */
        'application/json': {
          /**
           * @description What the link ends with. Everybody who has it can follow the link.
           * @example bl1MOyoZXwiLfG1eTzorHEs6KRgPfl1si0qTgnFvXk2hX3mZ0b7vQ4sT9uW1yE5c
           */
          token: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "membership": "member",
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 12,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /** @description The group. */
            channel: string | null;
            /**
             * @description Whether you are a member now, or have asked to become one.
             * @enum {string}
             */
            membership: 'member' | 'requested';
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "channel": "6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "membership": "member",
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 12,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /** @description The group. */
            channel: string | null;
            /**
             * @description Whether you are a member now, or have asked to become one.
             * @enum {string}
             */
            membership: 'member' | 'requested';
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  openLiveTicket: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Created. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "ticket": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiI0MiJ9.c2lnbmF0dXJl",
           *       "expiresAt": "2026-07-01T09:35:12.000Z"
           *     }
           */
          'application/json': {
            /**
             * Format: date-time
             * @description Open the stream until then.
             * @example 2026-07-01T09:35:12.000Z
             */
            expiresAt: string;
            /**
             * @description A ticket of `POST /v1/me/live-tickets`, in place of a bearer token.
             * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiI0MiJ9.c2lnbmF0dXJl
             */
            ticket: string;
          };
        };
      };
    };
  };
  acceptMessageRequest: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  refuseMessageRequest: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a channel. */
        channel: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "channel-6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  mute: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "connections-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "connections-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unmute: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "connections-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  archiveNotification: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a notification. */
        notification: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unarchiveNotification: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a notification. */
        notification: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  markNotificationRead: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a notification. */
        notification: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  markNotificationUnread: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a notification. */
        notification: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "delivery-1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  markNotificationsRead: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "upTo": "2026-07-01T09:30:00.000Z",
         *       "category": "orders"
         *     }
         */
        'application/json': {
          /**
           * @description The category of the notification, in the words of the app; people choose by it. Letter case and surrounding spaces don’t matter.
           * @example orders
           */
          category?: string;
          /**
           * Format: date-time
           * @description All that came until then: `at` of the newest notification that you show. A time to come counts as now.
           * @example 2026-07-01T09:30:00.000Z
           */
          upTo: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "centre-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "centre-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  markNotificationsSeen: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "upTo": "2026-07-01T09:30:00.000Z"
         *     }
         */
        'application/json': {
          /**
           * Format: date-time
           * @description All that came until then: `at` of the newest notification that you show. A time to come counts as now.
           * @example 2026-07-01T09:30:00.000Z
           */
          upTo: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "centre-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "centre-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  changePassword: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "password": "correct horse battery",
         *       "newPassword": "a stable full of staples"
         *     }
         */
        'application/json': {
          /** @description 8 to 1024 characters, of any kind. */
          newPassword: string;
          /** @description Your password. */
          password: string;
        };
      };
    };
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  setPreferences: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "choices": [
         *         {
         *           "app": "c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f",
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
          /** @description The apps that may notify you, or may not any more. The others stay as they are. */
          apps?: {
            /**
             * @description The id of an app.
             * @example c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f
             */
            app: string;
            /** @description Whether the app may notify you. */
            enrolled: boolean;
          }[];
          /** @description The choices to set. The others stay as they are. */
          choices?: {
            /**
             * @description Of notifications of this app alone. Default: of all apps, and of Tidings’ own.
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
            /** @description Whether you want these notifications. The closest choice decides: for a category on a channel, the category, the channel, everything; of each first the one for the app. null: forget this choice, so that the next one decides, or what is on by default. */
            wanted: boolean | null;
          }[];
          /** @description Which notifications come as digests. The others stay as they are. */
          digests?: {
            /**
             * @description Of notifications of this app alone. Default: of all apps.
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
            /** @description How these notifications come. null: as the app has it. */
            rule:
              | (
                  | {
                      /**
                       * @description Each by itself.
                       * @constant
                       */
                      kind: 'at-once';
                    }
                  | {
                      /**
                       * @description Those of so many minutes, counted from the first, as one.
                       * @constant
                       */
                      kind: 'after-first';
                      /**
                       * @description How many minutes.
                       * @example 30
                       */
                      minutes: number;
                    }
                  | {
                      /**
                       * @description Those until a time of day, by the clock of the person’s time zone, as one.
                       * @constant
                       */
                      kind: 'time-of-day';
                      /**
                       * @description The time of day.
                       * @example 08:00
                       */
                      time: string;
                    }
                )
              | null;
          }[];
          /** @description The hours in which notifications wait. null: none. */
          quietHours?: {
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
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "preferences-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "preferences-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  changePrivacy: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "readReceipts": false,
         *       "presence": "friends"
         *     }
         */
        'application/json': {
          /** @description Whether you are shown as offline to everybody, and nobody is told that your devices have received something. Default: you are not. */
          invisible?: boolean;
          /**
           * @description Who sees whether you are online, and when you were last active: `everyone` with whom you share a channel, and friends; `friends` alone; `nobody`. Default: everyone.
           * @enum {string}
           */
          presence?: 'everyone' | 'friends' | 'nobody';
          /** @description Whether others are told how far you have read. If not, you are not told how far they have, either. Default: they are. */
          readReceipts?: boolean;
        };
      };
    };
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "preferences-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  makeRecoveryCodes: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The earlier ones are good for nothing any more. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "recoveryCodes": [
           *         "K7MQ2X-9RTBWA-4HDZPF-C6NVJE"
           *       ]
           *     }
           */
          'application/json': {
            /**
             * @description Shown once; each is good for one login in place of a second factor. Keep them on paper.
             * @example [
             *       "K7MQ2X-9RTBWA-4HDZPF-C6NVJE"
             *     ]
             */
            recoveryCodes: string[];
          };
        };
      };
    };
  };
  schedulePost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "text": "Happy new year",
         *       "publishAt": "2026-07-01T09:30:00.000Z"
         *     }
         */
        'application/json': {
          /** @description Pictures and videos that you have uploaded, at most 10. */
          media?: {
            /**
             * @description What is to be seen, in words: at most 1,500 characters.
             * @example A cat on a fence
             */
            alt?: string;
            /**
             * @description The id of a picture or a video.
             * @example 8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d
             */
            media: string;
          }[];
          /**
           * Format: date-time
           * @description When it is to be published: a time to come, at most 365 days ahead, in UTC or with an offset.
           * @example 2026-07-01T09:30:00.000Z
           */
          publishAt: string;
          /**
           * @description The public post that you quote.
           * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
           */
          quotes?: string;
          /**
           * @description The post that you reply to.
           * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
           */
          replyTo?: string;
          /**
           * @description At most 10,000 characters. A post with pictures needs none.
           * @example Hello, world
           */
          text?: string;
          /**
           * @description Who may read it; everybody, if it is absent. People who may not read the post that you reply to can’t read the reply either.
           * @example friends
           * @enum {string}
           */
          visibility?: 'public' | 'friends' | 'self';
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
           *       "stream": "later-5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a scheduled post.
             * @example 5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
           *       "stream": "later-5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a scheduled post.
             * @example 5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  changeScheduledPost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a scheduled post. */
        scheduled: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "text": "Happy new year, all",
         *       "publishAt": "2026-07-01T09:30:00.000Z"
         *     }
         */
        'application/json': {
          /** @description Pictures and videos that you have uploaded, at most 10. */
          media?: {
            /**
             * @description What is to be seen, in words: at most 1,500 characters.
             * @example A cat on a fence
             */
            alt?: string;
            /**
             * @description The id of a picture or a video.
             * @example 8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d
             */
            media: string;
          }[];
          /**
           * Format: date-time
           * @description When it is to be published: a time to come, at most 365 days ahead, in UTC or with an offset.
           * @example 2026-07-01T09:30:00.000Z
           */
          publishAt: string;
          /**
           * @description The public post that you quote.
           * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
           */
          quotes?: string;
          /**
           * @description The post that you reply to.
           * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
           */
          replyTo?: string;
          /**
           * @description At most 10,000 characters. A post with pictures needs none.
           * @example Hello, world
           */
          text?: string;
          /**
           * @description Who may read it; everybody, if it is absent. People who may not read the post that you reply to can’t read the reply either.
           * @example friends
           * @enum {string}
           */
          visibility?: 'public' | 'friends' | 'self';
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "later-5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "later-5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  cancelScheduledPost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a scheduled post. */
        scheduled: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "later-5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  listSecondFactors: {
    parameters: {
      query?: never;
      header?: never;
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
           *       "factors": [
           *         {
           *           "factor": "5a8d0e3b-41c7-4f0a-8a9e-6d2f7b1c0e94",
           *           "kind": "totp",
           *           "name": "My phone",
           *           "addedAt": "2026-07-01T09:30:00.000Z"
           *         }
           *       ],
           *       "recoveryCodesLeft": 10
           *     }
           */
          'application/json': {
            factors: {
              addedAt: string | null;
              /**
               * Format: uuid
               * @description The id of a second factor of yours.
               * @example 5a8d0e3b-41c7-4f0a-8a9e-6d2f7b1c0e94
               */
              factor: string;
              /**
               * @description An authenticator app, or a key (WebAuthn).
               * @enum {string}
               */
              kind: 'totp' | 'webauthn';
              /**
               * @description Your name for it.
               * @example My phone
               */
              name: string | null;
            }[];
            recoveryCodesLeft: number;
          };
        };
      };
    };
  };
  removeSecondFactor: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The id of a second factor of yours. */
        factor: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  confirmSecondFactor: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The id of a second factor of yours. */
        factor: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "code": "492039"
         *     }
         */
        'application/json': {
          /**
           * @description The code that the authenticator app shows. It is good for one use.
           * @example 492039
           */
          code?: string;
          /** @description What `navigator.credentials.create()` answered, as its `toJSON()` gives it. */
          credential?: {
            /** @example dGlkaW5ncw */
            id: string;
            /** @example dGlkaW5ncw */
            rawId: string;
            response: {
              /** @example dGlkaW5ncw */
              attestationObject: string;
              /** @example dGlkaW5ncw */
              clientDataJSON: string;
              transports?: string[];
            };
            /** @constant */
            type: 'public-key';
          };
        };
      };
    };
    responses: {
      /** @description It is in use. `recoveryCodes` is null for any but the first one. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "recoveryCodes": [
           *         "K7MQ2X-9RTBWA-4HDZPF-C6NVJE"
           *       ]
           *     }
           */
          'application/json': {
            recoveryCodes: string[] | null;
          };
        };
      };
    };
  };
  addTotp: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "My phone",
         *       "accountName": "ada"
         *     }
         */
        'application/json': {
          /**
           * @description What your app or key shows for this account. It is not kept.
           * @example ada
           */
          accountName: string;
          /**
           * @description Your name for it, to tell it from others.
           * @example My phone
           */
          name: string;
        };
      };
    };
    responses: {
      /** @description The secret, which waits to be confirmed. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "factor": "5a8d0e3b-41c7-4f0a-8a9e-6d2f7b1c0e94",
           *       "expiresAt": "2026-07-01T09:35:12.000Z",
           *       "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
           *       "uri": "otpauth://totp/Tidings:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
           *     }
           */
          'application/json': {
            /**
             * Format: date-time
             * @description Confirm it until then.
             * @example 2026-07-01T09:35:12.000Z
             */
            expiresAt: string;
            /**
             * Format: uuid
             * @description The id of a second factor of yours.
             * @example 5a8d0e3b-41c7-4f0a-8a9e-6d2f7b1c0e94
             */
            factor: string;
            /** @description In base32, to be typed in. */
            secret: string;
            /** @description The same as a URI, to be shown as a QR code. */
            uri: string;
          };
        };
      };
    };
  };
  addWebAuthn: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "My key",
         *       "accountName": "ada"
         *     }
         */
        'application/json': {
          /**
           * @description What your app or key shows for this account. It is not kept.
           * @example ada
           */
          accountName: string;
          /**
           * @description Your name for it, to tell it from others.
           * @example My phone
           */
          name: string;
        };
      };
    };
    responses: {
      /** @description The options of the ceremony, which waits to be confirmed. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "factor": "5a8d0e3b-41c7-4f0a-8a9e-6d2f7b1c0e94",
           *       "expiresAt": "2026-07-01T09:35:12.000Z",
           *       "options": {
           *         "challenge": "mZ4tQx8vK1nRb6WcY3sHdL0pJ7fGaU2eTiO5kXwVqMA",
           *         "rp": {
           *           "id": "localhost",
           *           "name": "Tidings"
           *         }
           *       }
           *     }
           */
          'application/json': {
            /**
             * Format: date-time
             * @description Confirm it until then.
             * @example 2026-07-01T09:35:12.000Z
             */
            expiresAt: string;
            /**
             * Format: uuid
             * @description The id of a second factor of yours.
             * @example 5a8d0e3b-41c7-4f0a-8a9e-6d2f7b1c0e94
             */
            factor: string;
            /** @description `PublicKeyCredentialCreationOptionsJSON` of WebAuthn. */
            options: {
              [key: string]: unknown;
            };
          };
        };
      };
    };
  };
  listSessions: {
    parameters: {
      query?: never;
      header?: never;
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
           *       "sessions": [
           *         {
           *           "session": "e1d2c3b4-a596-4788-9a0b-1c2d3e4f5061",
           *           "device": "phone-7f3a",
           *           "deviceName": "Ada’s phone",
           *           "pushes": true,
           *           "loggedInAt": "2026-07-01T09:30:00.000Z",
           *           "usedAt": "2026-07-01T09:30:00.000Z",
           *           "expiresAt": "2026-07-01T09:35:12.000Z",
           *           "current": true
           *         }
           *       ]
           *     }
           */
          'application/json': {
            sessions: {
              /** @description Whether it is the session of your token. */
              current: boolean;
              /** @description The device that was named at the login. null: none was. */
              device: string | null;
              /**
               * @description What you called the device at the login. null: nothing.
               * @example Ada’s phone
               */
              deviceName: string | null;
              /**
               * Format: date-time
               * @description A time in UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              expiresAt: string;
              /**
               * Format: date-time
               * @description A time in UTC, in ISO 8601.
               * @example 2026-07-01T09:30:00.000Z
               */
              loggedInAt: string;
              /** @description Whether the device is registered for pushes. */
              pushes: boolean;
              /**
               * Format: uuid
               * @description The id of a session of yours.
               * @example e1d2c3b4-a596-4788-9a0b-1c2d3e4f5061
               */
              session: string;
              /**
               * Format: date-time
               * @description When the device was last seen, exact to an hour.
               * @example 2026-07-01T09:30:00.000Z
               */
              usedAt: string;
            }[];
          };
        };
      };
    };
  };
  endOtherSessions: {
    parameters: {
      query?: {
        /** @description Whether the session of your token ends as well. */
        current?: 'stays' | 'ends';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  endSession: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The id of a session of yours. */
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  createUpload: {
    parameters: {
      query?: never;
      header: {
        /** @description An upload begun again under its key is the same upload: it goes on where it was. */
        'Idempotency-Key'?: string;
        /** @description The version of the protocol. */
        'Tus-Resumable': '1.0.0';
        /** @description How many bytes there are. */
        'Upload-Length': string;
        /** @description As tus has it. `as` may be `audio` or `file`, for what only messages can show: a recording, or a file that is kept as it is, with its MIME type in `filetype`. Without it the upload is a picture or a video, as its bytes say. Nothing else is read: the name of a file is told with the message. */
        'Upload-Metadata'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Created. */
      201: {
        headers: {
          /** @description Where the bytes are sent; its last part is the id of the picture or video. */
          Location?: string;
          /** @description Of the end of the upload. */
          'Tidings-Position'?: string;
          'Tus-Resumable'?: '1.0.0';
          /** @description How many there are. */
          'Upload-Length'?: string;
          /** @description How many bytes have arrived. */
          'Upload-Offset'?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  discardUpload: {
    parameters: {
      query?: never;
      header: {
        /** @description The version of the protocol. */
        'Tus-Resumable': '1.0.0';
      };
      path: {
        /** @description The id of a picture or a video. */
        media: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          /** @description Where the bytes are sent; its last part is the id of the picture or video. */
          Location?: string;
          /** @description Of the end of the upload. */
          'Tidings-Position'?: string;
          'Tus-Resumable'?: '1.0.0';
          /** @description How many there are. */
          'Upload-Length'?: string;
          /** @description How many bytes have arrived. */
          'Upload-Offset'?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  getUpload: {
    parameters: {
      query?: never;
      header: {
        /** @description The version of the protocol. */
        'Tus-Resumable': '1.0.0';
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
          /** @description Where the bytes are sent; its last part is the id of the picture or video. */
          Location?: string;
          /** @description Of the end of the upload. */
          'Tidings-Position'?: string;
          'Tus-Resumable'?: '1.0.0';
          /** @description How many there are. */
          'Upload-Length'?: string;
          /** @description How many bytes have arrived. */
          'Upload-Offset'?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  sendUpload: {
    parameters: {
      query?: never;
      header: {
        /** @description As tus has it. */
        'Content-Type': 'application/offset+octet-stream';
        /** @description The version of the protocol. */
        'Tus-Resumable': '1.0.0';
        /** @description Where these bytes begin. */
        'Upload-Offset': string;
      };
      path: {
        /** @description The id of a picture or a video. */
        media: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        '*/*': string;
      };
    };
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          /** @description Where the bytes are sent; its last part is the id of the picture or video. */
          Location?: string;
          /** @description Of the end of the upload. */
          'Tidings-Position'?: string;
          'Tus-Resumable'?: '1.0.0';
          /** @description How many there are. */
          'Upload-Length'?: string;
          /** @description How many bytes have arrived. */
          'Upload-Offset'?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  requestNotification: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "recipients": [
         *         "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10"
         *       ],
         *       "category": "orders",
         *       "template": {
         *         "template": "4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a"
         *       },
         *       "parameters": {
         *         "number": 4711
         *       },
         *       "channels": [
         *         "push",
         *         "email"
         *       ],
         *       "collapseKey": "order-4711"
         *     }
         */
        'application/json': {
          /** @description true: an attempt with an unknown outcome is not repeated. Default: false. */
          atMostOnce?: boolean;
          /**
           * @description The category of the notification, in the words of the app; people choose by it. Letter case and surrounding spaces don’t matter.
           * @example orders
           */
          category: string;
          /** @description The channels to send on, in order of preference; `in-app` is the recipient’s notification centre. Default: those that you declared for the category, and those that a recipient has asked for; or push, sms, email, in-app. */
          channels?: ('push' | 'sms' | 'email' | 'in-app')[];
          /** @description A later notification with the same key replaces this one on the device. */
          collapseKey?: string;
          /** @description The text to send. Send either this or `template`. */
          content?: {
            /**
             * @description The text. A push takes 3,072 bytes of content and a text message 1,600 characters: a longer text is cut there, and refused where it would be cut on every channel.
             * @example Your order is on its way.
             */
            body: string;
            /** @description What only an email has. */
            email?: {
              /** @description The plain text, in place of the body. */
              body?: string;
              /** @description HTML, sent beside the plain text. */
              html?: string;
              /** @description In place of the title. */
              subject?: string;
            };
            /** @description What only a push has. */
            push?: {
              /** @description At most 3 buttons. */
              actions?: {
                /** @description What the app gets when the button is tapped. */
                id: string;
                /** @description What stands on it. */
                title: string;
                /**
                 * Format: uri
                 * @description The address that opens.
                 */
                url?: string;
              }[];
              /** @description The notification channel on Android. */
              androidChannel?: string;
              /** @description The number at the app’s icon; 0 removes it. */
              badge?: number;
              /** @description In place of the body. */
              body?: string;
              /** @description Text for the app, by name. */
              data?: {
                [key: string]: string;
              };
              /**
               * Format: uri
               * @description The address of a picture.
               */
              image?: string;
              /**
               * @description How much it may interrupt. Default: active.
               * @enum {string}
               */
              interruptionLevel?: 'passive' | 'active' | 'time-sensitive' | 'critical';
              /** @description The name of a sound that the app brings, or `default`. */
              sound?: string;
              /** @description In place of the title. */
              title?: string;
            };
            /** @description What only a text message has. */
            sms?: {
              /** @description The whole text message, in place of title, body and url. */
              body: string;
            };
            /**
             * @description One line of at most 200 characters.
             * @example Order 4711
             */
            title?: string;
            /**
             * Format: uri
             * @description The address that opens when the recipient taps the notification.
             */
            url?: string;
          };
          /** @description true: sent regardless of preferences, caps and quiet hours. Default: false. */
          critical?: boolean;
          /**
           * @description The channels on which each recipient is told next, step by step, while no message is confirmed: at most 4. A message of a step is planned with all rules anew, and not sent if a confirmation comes before it. No channel may have its turn twice.
           * @example [
           *       {
           *         "afterMinutes": 10,
           *         "unless": "delivered",
           *         "channel": "sms"
           *       }
           *     ]
           */
          failover?: {
            /**
             * @description How long after a vendor took the messages before. It goes on at once where none of them can arrive.
             * @example 10
             */
            afterMinutes: number;
            /**
             * @description The channel that it goes on with.
             * @example sms
             * @enum {string}
             */
            channel: 'push' | 'sms' | 'email' | 'in-app';
            /**
             * @description `delivered`: it does not go on where the vendor or the device has said that a message arrived. `opened`: where the recipient has opened one.
             * @enum {string}
             */
            unless: 'delivered' | 'opened';
          }[];
          /**
           * @description The list to notify: its members at the time at which it is planned, of whom those are notified who have enrolled. It is planned range by range; `GET /v1/notifications/{notification}/progress` of the read API says how far it has come.
           * @example 2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f
           */
          list?: string;
          /** @description The values of the template’s parameters. */
          parameters?: {
            [key: string]: components['schemas']['__schema2'];
          };
          /**
           * @description Default: normal.
           * @enum {string}
           */
          priority?: 'high' | 'normal' | 'low';
          /** @description How many members of the list are planned in a minute, at most. Default: as many as can be. */
          ratePerMinute?: number;
          /** @description The people to notify: at most 1,000, each enrolled with your app. Send either these or `list`. */
          recipients?: string[];
          /**
           * Format: date-time
           * @description When to send it, at most 90 days ahead, in ISO 8601, in UTC or with an offset. Default: now.
           * @example 2026-07-01T09:35:12.000Z
           */
          sendAt?: string;
          /** @description When to send it on each recipient’s own clock, in place of `sendAt`. */
          sendAtLocal?: {
            /**
             * @description The date and the time, without an offset. A recipient whose clock has shown it already gets it at once.
             * @example 2026-07-02T09:00:00
             */
            time: string;
            /**
             * @description The zone of recipients who have told none. Default: UTC.
             * @default UTC
             * @example Europe/Berlin
             */
            zone?: string;
          };
          /** @description The template to send. Send either this or `content`. */
          template?: {
            /**
             * @description Default: the language of each recipient.
             * @example de
             */
            language?: string;
            /**
             * @description The id of a template.
             * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
             */
            template: string;
            /** @description This version and no other. Default: when it is sent, the newest that the parameters satisfy; they are checked with the newest of now. */
            version?: number;
          };
          /** @description In place of what the template says. */
          tracking?: {
            /** @description Whether links of the email lead by way of Tidings, which records that they were followed. Default: false. */
            links?: boolean;
            /** @description Whether the HTML has a picture of one pixel, whose loading is recorded as opened. Default: false. */
            opens?: boolean;
          };
          /** @description How long after `sendAt` it is still worth sending. Default: one day. */
          ttlSeconds?: number;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimitPolicy'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "stream": "notification-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a notification.
             * @example 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimitPolicy'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "stream": "notification-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a notification.
             * @example 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  cancelNotification: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a notification. */
        notification: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "notification-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "notification-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  pauseNotification: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a notification. */
        notification: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "campaign-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 4,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "campaign-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 4,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  resumeNotification: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a notification. */
        notification: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "campaign-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 5,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "campaign-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 5,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  loadOpenPicture: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description As it stands in the email. */
        picture: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        '*/*': string;
      };
    };
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /** @example GIF89a… */
          'image/gif': string;
        };
      };
    };
  };
  publishPartial: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The name of the partial. */
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "body": "<html><body>{% block content %}{% endblock %}</body></html>"
         *     }
         */
        'application/json': {
          /** @description The text, in Liquid. */
          body: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "partial-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f:frame",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "partial-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f:frame",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  askForPasswordReset: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "loginName": "ada"
         *     }
         */
        'application/json': {
          /**
           * @description Where to send it. Default: the email address, or the telephone number where there is none.
           * @enum {string}
           */
          kind?: 'email' | 'phone';
          /**
           * @description The name that you log in with. Letter case and surrounding spaces don’t matter.
           * @example ada
           */
          loginName: string;
        };
      };
    };
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  resetPassword: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "loginName": "ada",
         *       "code": "48291730",
         *       "newPassword": "a stable full of staples"
         *     }
         */
        'application/json': {
          /**
           * @description The code from the message.
           * @example 48291730
           */
          code: string;
          /**
           * @description From an earlier login on this device: it lets you in while others guess at your password.
           * @example kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe
           */
          deviceSecret?: string;
          /**
           * @description The name that you log in with. Letter case and surrounding spaces don’t matter.
           * @example ada
           */
          loginName: string;
          /** @description 8 to 1024 characters, of any kind. */
          newPassword: string;
        };
      };
    };
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  signUp: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "loginName": "ada",
         *       "name": "Ada",
         *       "password": "correct horse battery"
         *     }
         */
        'application/json': {
          /**
           * @description The name that you log in with. Letter case and surrounding spaces don’t matter.
           * @example ada
           */
          loginName: string;
          /**
           * @description The name that others see: one line of at most 100 characters.
           * @example Ada
           */
          name: string;
          /** @description 8 to 1024 characters, of any kind. */
          password: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "stream": "user-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a person.
             * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "stream": "user-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a person.
             * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  erasePersonOf: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. Operators must send it. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "user-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unblockContact: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The kind of contact. A person has at most one of each. */
        kind: 'email' | 'phone';
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "contacts-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeSecondFactorsOf: {
    parameters: {
      query?: never;
      header?: {
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. Operators must send it. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  endSessionsOf: {
    parameters: {
      query?: never;
      header?: {
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The id of a person. */
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  deletePost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "post-Q4N7T2W5X6Y8ZABC",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  editPost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "text": "Hello, whole world"
         *     }
         */
        'application/json': {
          /**
           * @description At most 10,000 characters.
           * @example Hello, world
           */
          text: string;
        };
      };
    };
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "post-Q4N7T2W5X6Y8ZABC",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  bookmarkPost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "bookmark-01JZ3V8C9KQ4N7T2W5X6Y8ZABC:3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "bookmark-01JZ3V8C9KQ4N7T2W5X6Y8ZABC:3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  removeBookmark: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "bookmark-01JZ3V8C9KQ4N7T2W5X6Y8ZABC:3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  likePost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "reaction-01JZ3V8C9KQ4N7T2W5X6Y8ZABC:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "reaction-01JZ3V8C9KQ4N7T2W5X6Y8ZABC:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unlikePost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "reaction-01JZ3V8C9KQ4N7T2W5X6Y8ZABC:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  pinPost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "pinned-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "pinned-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unpinPost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "pinned-3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  reactToPost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "kind": "love"
         *     }
         */
        'application/json': {
          /**
           * @description How you react to it.
           * @enum {string}
           */
          kind: 'like' | 'love' | 'laugh' | 'wow' | 'sad' | 'angry';
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "reaction-01JZ3V8C9KQ4N7T2W5X6Y8ZABC:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "reaction-01JZ3V8C9KQ4N7T2W5X6Y8ZABC:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  takeReactionBack: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "reaction-01JZ3V8C9KQ4N7T2W5X6Y8ZABC:9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  sharePost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "01JZ3VAE2MR5P8S3V6W7X9YBCD",
           *       "stream": "post-R5P8S3V6W7X9YBCD",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a post.
             * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "01JZ3VAE2MR5P8S3V6W7X9YBCD",
           *       "stream": "post-R5P8S3V6W7X9YBCD",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a post.
             * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  unsharePost: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a post. */
        post: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "post-R5P8S3V6W7X9YBCD",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  holdPart: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description Names the work. */
        group: string;
        /** @description Which part: 0 is the first. */
        part: number;
        /** @description Whose changes are worked on. */
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
    requestBody: {
      content: {
        /**
         * @example {
         *       "of": 8,
         *       "holder": "worker-7f3a",
         *       "cursor": "e~0.48213"
         *     }
         */
        'application/json': {
          /**
           * @description How far the worker has come: the `cursor` behind everything that it has done.
           * @example e~0.48213
           */
          cursor?: string;
          /**
           * @description Names the worker among the others: the same for as long as it lives.
           * @example worker-7f3a
           */
          holder: string;
          /**
           * @description Into how many parts the work is divided. Another number is another division, which begins anew.
           * @example 8
           */
          of: number;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "cursor": "e~0.48213",
           *       "until": "2026-07-01T09:35:12.000Z",
           *       "stream": "subscription-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f:messages:search-index:8:3",
           *       "revision": 12,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Where to go on: `after` of the changes. null: from the beginning.
             * @example e~0.48213
             */
            cursor: string | null;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
            /**
             * @description Until when you hold it.
             * @example 2026-07-01T09:35:12.000Z
             */
            until: string | null;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "cursor": "e~0.48213",
           *       "until": "2026-07-01T09:35:12.000Z",
           *       "stream": "subscription-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f:messages:search-index:8:3",
           *       "revision": 12,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Where to go on: `after` of the changes. null: from the beginning.
             * @example e~0.48213
             */
            cursor: string | null;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
            /**
             * @description Until when you hold it.
             * @example 2026-07-01T09:35:12.000Z
             */
            until: string | null;
          };
        };
      };
    };
  };
  releasePart: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description Names the work. */
        group: string;
        /** @description Which part: 0 is the first. */
        part: number;
        /** @description Whose changes are worked on. */
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
    requestBody: {
      content: {
        /**
         * @example {
         *       "of": 8,
         *       "holder": "worker-7f3a",
         *       "cursor": "e~0.48213"
         *     }
         */
        'application/json': {
          /**
           * @description How far the worker has come: the `cursor` behind everything that it has done.
           * @example e~0.48213
           */
          cursor?: string;
          /**
           * @description Names the worker among the others: the same for as long as it lives.
           * @example worker-7f3a
           */
          holder: string;
          /**
           * @description Into how many parts the work is divided. Another number is another division, which begins anew.
           * @example 8
           */
          of: number;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "subscription-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f:messages:search-index:8:3",
           *       "revision": 13,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "subscription-c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f:messages:search-index:8:3",
           *       "revision": 13,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  report: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "subject": {
         *         "kind": "post",
         *         "post": "01JZ3V8C9KQ4N7T2W5X6Y8ZABC"
         *       },
         *       "violation": "spam"
         *     }
         */
        'application/json': {
          /** @description What you report: a post, a message of a channel of yours, a person, or a picture of a post. */
          subject:
            | {
                /** @constant */
                kind: 'post';
                /**
                 * @description The id of a post.
                 * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
                 */
                post: string;
              }
            | {
                /**
                 * @description The id of a channel.
                 * @example 6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c
                 */
                channel: string;
                /** @constant */
                kind: 'message';
                /** @description The `seq` at which it was posted. */
                message: number;
              }
            | {
                /** @constant */
                kind: 'person';
                /**
                 * @description The id of a person.
                 * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
                 */
                person: string;
              }
            | {
                /** @constant */
                kind: 'media';
                /** @description Its place among the pictures of the post, from 0. */
                media: number;
                /**
                 * @description The id of a post.
                 * @example 01JZ3V8C9KQ4N7T2W5X6Y8ZABC
                 */
                post: string;
              };
          /**
           * @description At most 2,000 characters. Only moderators read it.
           * @example It is the same under every post.
           */
          text?: string;
          /**
           * @description What is wrong with it.
           * @enum {string}
           */
          violation: 'spam' | 'harassment' | 'hate' | 'violence' | 'sexual' | 'self-harm' | 'illegal' | 'impersonation' | 'other';
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "stream": "case-post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The case that moderators look at.
             * @example post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "stream": "case-post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The case that moderators look at.
             * @example post:01JZ3V8C9KQ4N7T2W5X6Y8ZABC
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  getRouting: {
    parameters: {
      query?: never;
      header?: never;
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
           *       "rules": [
           *         {
           *           "channel": "sms",
           *           "countries": [
           *             "DE",
           *             "AT"
           *           ],
           *           "vendors": [
           *             {
           *               "vendor": "twilio-eu",
           *               "weight": 3
           *             },
           *             {
           *               "vendor": "vonage",
           *               "weight": 1
           *             }
           *           ]
           *         },
           *         {
           *           "channel": "push",
           *           "countries": [
           *             "CN"
           *           ],
           *           "vendors": [
           *             {
           *               "vendor": "jpush"
           *             }
           *           ]
           *         }
           *       ],
           *       "pluggedOut": [
           *         "vonage-us"
           *       ]
           *     }
           */
          'application/json': components['schemas']['Routing'];
        };
      };
    };
  };
  setRoutingRules: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "rules": [
         *         {
         *           "channel": "sms",
         *           "countries": [
         *             "DE",
         *             "AT"
         *           ],
         *           "vendors": [
         *             {
         *               "vendor": "twilio-eu",
         *               "weight": 3
         *             },
         *             {
         *               "vendor": "vonage",
         *               "weight": 1
         *             }
         *           ]
         *         },
         *         {
         *           "channel": "push",
         *           "countries": [
         *             "CN"
         *           ],
         *           "vendors": [
         *             {
         *               "vendor": "jpush"
         *             }
         *           ]
         *         }
         *       ]
         *     }
         */
        'application/json': {
          /** @description The first rule that fits a delivery decides. Where none fits, all vendors of the channel serve it in the order of their settings. */
          rules: {
            /**
             * @description The channel of the deliveries that it is for.
             * @enum {string}
             */
            channel: 'push' | 'sms' | 'email';
            /**
             * @description To people of these countries alone (ISO 3166-1 alpha-2): of a text, the country of its number.
             * @example [
             *       "DE",
             *       "AT"
             *     ]
             */
            countries?: string[];
            /** @description Of pushes: to devices of these platforms alone. */
            platforms?: ('fcm' | 'apns' | 'web' | 'jpush' | 'pushy')[];
            /** @description Who serves them. Nobody else does. */
            vendors: {
              /**
               * @description The name of a vendor’s account.
               * @example twilio-eu
               */
              vendor: string;
              /** @description Its share of the deliveries, beside the other weights. Absent: it serves what the others can’t. */
              weight?: number;
            }[];
          }[];
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "routing-vendors",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "routing-vendors",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  plugVendorOut: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The name of a vendor’s account. */
        vendor: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "routing-vendors",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "routing-vendors",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  plugVendorIn: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
        /** @description Why you do this as an operator, percent-encoded. It is kept in the audit. */
        'Tidings-Reason'?: string;
      };
      path: {
        /** @description The name of a vendor’s account. */
        vendor: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Appended to the log, or it was so already. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "routing-vendors",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  createSchedule: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "rule": "FREQ=DAILY",
         *       "start": "2026-07-02T09:00:00",
         *       "zone": "Europe/Berlin",
         *       "clock": "recipient",
         *       "missed": "latest",
         *       "notification": {
         *         "recipients": [
         *           "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10"
         *         ],
         *         "category": "reminders",
         *         "content": {
         *           "body": "Take your pills."
         *         }
         *       }
         *     }
         */
        'application/json': {
          /**
           * @description `zone`: the clock of the zone. `recipient`: each recipient’s own, and the zone’s for those who have told none. Default: zone.
           * @default zone
           * @enum {string}
           */
          clock?: 'zone' | 'recipient';
          /**
           * @description What to do with occurrences that went by while nothing could be requested: `skip` them, request the `latest`, or `all`, of which the last 10 count. Default: skip.
           * @default skip
           * @enum {string}
           */
          missed?: 'skip' | 'latest' | 'all';
          /** @description What it requests each time: a request of a notification, without the time of sending. */
          notification: {
            /** @description true: an attempt with an unknown outcome is not repeated. Default: false. */
            atMostOnce?: boolean;
            /**
             * @description The category of the notification, in the words of the app; people choose by it. Letter case and surrounding spaces don’t matter.
             * @example orders
             */
            category: string;
            /** @description The channels to send on, in order of preference; `in-app` is the recipient’s notification centre. Default: those that you declared for the category, and those that a recipient has asked for; or push, sms, email, in-app. */
            channels?: ('push' | 'sms' | 'email' | 'in-app')[];
            /** @description A later notification with the same key replaces this one on the device. */
            collapseKey?: string;
            /** @description The text to send. Send either this or `template`. */
            content?: {
              /**
               * @description The text. A push takes 3,072 bytes of content and a text message 1,600 characters: a longer text is cut there, and refused where it would be cut on every channel.
               * @example Your order is on its way.
               */
              body: string;
              /** @description What only an email has. */
              email?: {
                /** @description The plain text, in place of the body. */
                body?: string;
                /** @description HTML, sent beside the plain text. */
                html?: string;
                /** @description In place of the title. */
                subject?: string;
              };
              /** @description What only a push has. */
              push?: {
                /** @description At most 3 buttons. */
                actions?: {
                  /** @description What the app gets when the button is tapped. */
                  id: string;
                  /** @description What stands on it. */
                  title: string;
                  /**
                   * Format: uri
                   * @description The address that opens.
                   */
                  url?: string;
                }[];
                /** @description The notification channel on Android. */
                androidChannel?: string;
                /** @description The number at the app’s icon; 0 removes it. */
                badge?: number;
                /** @description In place of the body. */
                body?: string;
                /** @description Text for the app, by name. */
                data?: {
                  [key: string]: string;
                };
                /**
                 * Format: uri
                 * @description The address of a picture.
                 */
                image?: string;
                /**
                 * @description How much it may interrupt. Default: active.
                 * @enum {string}
                 */
                interruptionLevel?: 'passive' | 'active' | 'time-sensitive' | 'critical';
                /** @description The name of a sound that the app brings, or `default`. */
                sound?: string;
                /** @description In place of the title. */
                title?: string;
              };
              /** @description What only a text message has. */
              sms?: {
                /** @description The whole text message, in place of title, body and url. */
                body: string;
              };
              /**
               * @description One line of at most 200 characters.
               * @example Order 4711
               */
              title?: string;
              /**
               * Format: uri
               * @description The address that opens when the recipient taps the notification.
               */
              url?: string;
            };
            /** @description true: sent regardless of preferences, caps and quiet hours. Default: false. */
            critical?: boolean;
            /**
             * @description The channels on which each recipient is told next, step by step, while no message is confirmed: at most 4. A message of a step is planned with all rules anew, and not sent if a confirmation comes before it. No channel may have its turn twice.
             * @example [
             *       {
             *         "afterMinutes": 10,
             *         "unless": "delivered",
             *         "channel": "sms"
             *       }
             *     ]
             */
            failover?: {
              /**
               * @description How long after a vendor took the messages before. It goes on at once where none of them can arrive.
               * @example 10
               */
              afterMinutes: number;
              /**
               * @description The channel that it goes on with.
               * @example sms
               * @enum {string}
               */
              channel: 'push' | 'sms' | 'email' | 'in-app';
              /**
               * @description `delivered`: it does not go on where the vendor or the device has said that a message arrived. `opened`: where the recipient has opened one.
               * @enum {string}
               */
              unless: 'delivered' | 'opened';
            }[];
            /**
             * @description The list to notify: its members at the time at which it is planned, of whom those are notified who have enrolled. It is planned range by range; `GET /v1/notifications/{notification}/progress` of the read API says how far it has come.
             * @example 2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f
             */
            list?: string;
            /** @description The values of the template’s parameters. */
            parameters?: {
              [key: string]: components['schemas']['__schema2'];
            };
            /**
             * @description Default: normal.
             * @enum {string}
             */
            priority?: 'high' | 'normal' | 'low';
            /** @description How many members of the list are planned in a minute, at most. Default: as many as can be. */
            ratePerMinute?: number;
            /** @description The people to notify: at most 1,000, each enrolled with your app. Send either these or `list`. */
            recipients?: string[];
            /** @description The template to send. Send either this or `content`. */
            template?: {
              /**
               * @description Default: the language of each recipient.
               * @example de
               */
              language?: string;
              /**
               * @description The id of a template.
               * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
               */
              template: string;
              /** @description This version and no other. Default: when it is sent, the newest that the parameters satisfy; they are checked with the newest of now. */
              version?: number;
            };
            /** @description In place of what the template says. */
            tracking?: {
              /** @description Whether links of the email lead by way of Tidings, which records that they were followed. Default: false. */
              links?: boolean;
              /** @description Whether the HTML has a picture of one pixel, whose loading is recorded as opened. Default: false. */
              opens?: boolean;
            };
            /** @description How long after `sendAt` it is still worth sending. Default: one day. */
            ttlSeconds?: number;
          };
          /**
           * @description When it comes round: a recurrence rule of RFC 5545, by day, week, month or year, and at most 24 times a day. A time that a change of the clock skips is kept, an hour later; of one that comes twice the first counts.
           * @example FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=0
           */
          rule: string;
          /**
           * @description From when it counts, on the clock; its time of day where the rule says none.
           * @example 2026-07-02T09:00:00
           */
          start: string;
          /**
           * @description An IANA time zone.
           * @example Europe/Berlin
           */
          zone: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimitPolicy'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "stream": "schedule-2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a schedule.
             * @example 2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimitPolicy'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "stream": "schedule-2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a schedule.
             * @example 2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  cancelSchedule: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a schedule. */
        schedule: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "schedule-2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "schedule-2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "revision": 3,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  pauseSchedule: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a schedule. */
        schedule: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "schedule-2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "schedule-2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "revision": 1,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  resumeSchedule: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a schedule. */
        schedule: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "schedule-2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "stream": "schedule-2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e",
           *       "revision": 2,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  previewSchedule: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "rule": "FREQ=DAILY",
         *       "start": "2026-07-02T09:00:00",
         *       "zone": "Europe/Berlin",
         *       "limit": 2
         *     }
         */
        'application/json': {
          /**
           * @description `zone`: the clock of the zone. `recipient`: each recipient’s own, and the zone’s for those who have told none. Default: zone.
           * @default zone
           * @enum {string}
           */
          clock?: 'zone' | 'recipient';
          /**
           * @description How many, at most. Default: 5.
           * @default 5
           */
          limit?: number;
          /**
           * @description When it comes round: a recurrence rule of RFC 5545, by day, week, month or year, and at most 24 times a day. A time that a change of the clock skips is kept, an hour later; of one that comes twice the first counts.
           * @example FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=0
           */
          rule: string;
          /**
           * @description From when it counts, on the clock; its time of day where the rule says none.
           * @example 2026-07-02T09:00:00
           */
          start: string;
          /**
           * @description An IANA time zone.
           * @example Europe/Berlin
           */
          zone: string;
        };
      };
    };
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "occurrences": [
           *         {
           *           "local": "2026-07-02T09:00:00",
           *           "at": "2026-07-02T07:00:00.000Z"
           *         },
           *         {
           *           "local": "2026-07-03T09:00:00",
           *           "at": "2026-07-03T07:00:00.000Z"
           *         }
           *       ]
           *     }
           */
          'application/json': {
            /** @description The next ones, in order; fewer than you asked for where the rule ends. */
            occurrences: {
              /**
               * Format: date-time
               * @description When it does; on the clock of each recipient, when the first clock on Earth does.
               * @example 2026-07-01T09:30:00.000Z
               */
              at: string;
              /**
               * @description What the clock shows.
               * @example 2026-07-02T09:00:00
               */
              local: string;
            }[];
          };
        };
      };
    };
  };
  logIn: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "loginName": "ada",
         *       "password": "correct horse battery",
         *       "device": "phone-7f3a",
         *       "deviceName": "Ada’s phone"
         *     }
         */
        'application/json': {
          /**
           * @description The id of a device. Your client makes one for each of its installations: 1 to 128 letters, digits or the characters _ . : -, always in the same letter case.
           * @example phone-7f3a
           */
          device?: string;
          /**
           * @description What the person calls the device, for the list of sessions.
           * @example Ada’s phone
           */
          deviceName?: string;
          /**
           * @description From an earlier login on this device: it lets you in while others guess at your password.
           * @example kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe
           */
          deviceSecret?: string;
          /**
           * @description The name that you log in with. Letter case and surrounding spaces don’t matter.
           * @example ada
           */
          loginName: string;
          /** @description Your password. */
          password: string;
          /**
           * @description The region of your client. Default: the region of the installation.
           * @example local
           */
          region?: string;
        };
      };
    };
    responses: {
      /** @description The session is open. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiI0MiJ9.c2lnbmF0dXJl",
           *       "person": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "expiresAt": "2026-07-01T09:35:12.000Z",
           *       "deviceSecret": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
           *       "gateway": "ws://127.0.0.1:8083"
           *     }
           */
          'application/json': {
            /**
             * @description Keep it on the device, and send it with the next login there.
             * @example kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe
             */
            deviceSecret: string;
            /**
             * Format: date-time
             * @description The end of the session, unless you log out before.
             * @example 2026-07-01T09:35:12.000Z
             */
            expiresAt: string;
            /**
             * @description The WebSocket address to connect to. null: no gateway is available at the moment.
             * @example ws://127.0.0.1:8083
             */
            gateway: string | null;
            /**
             * @description The id of a person.
             * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            person: string;
            /** @description Send it as bearer token with each request. */
            token: string;
          };
        };
      };
      /** @description The password is right. Send a second factor with `POST /v1/sessions/second-factor`. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "ticket": "q0Wn5TzK3mYb8RvH2sLx7JcD4fGp6AtU1eIo9ZkXwQM",
           *       "expiresAt": "2026-07-01T09:35:12.000Z",
           *       "kinds": [
           *         "totp"
           *       ],
           *       "webAuthn": null
           *     }
           */
          'application/json': {
            /**
             * Format: date-time
             * @description Send the second factor until then.
             * @example 2026-07-01T09:35:12.000Z
             */
            expiresAt: string;
            /** @description The kinds of second factor that you have. A recovery code is taken in place of any. */
            kinds: ('totp' | 'webauthn')[];
            /**
             * @description Send it with the second factor.
             * @example q0Wn5TzK3mYb8RvH2sLx7JcD4fGp6AtU1eIo9ZkXwQM
             */
            ticket: string;
            /** @description `PublicKeyCredentialRequestOptionsJSON` of WebAuthn, for `navigator.credentials.get()`. null: you have no key. */
            webAuthn: {
              [key: string]: unknown;
            } | null;
          };
        };
      };
    };
  };
  logOut: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. The response has no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  authenticateAgain: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "password": "correct horse battery"
         *     }
         */
        'application/json': {
          /**
           * @description From an earlier login on this device: it lets you in while others guess at your password.
           * @example kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe
           */
          deviceSecret?: string;
          /** @description Your password. */
          password: string;
          /**
           * @description The region of your client. Default: the region of the installation.
           * @example local
           */
          region?: string;
        };
      };
    };
    responses: {
      /** @description The new session is open, and the old one has ended. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiI0MiJ9.c2lnbmF0dXJl",
           *       "person": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "expiresAt": "2026-07-01T09:35:12.000Z",
           *       "deviceSecret": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
           *       "gateway": "ws://127.0.0.1:8083"
           *     }
           */
          'application/json': {
            /**
             * @description Keep it on the device, and send it with the next login there.
             * @example kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe
             */
            deviceSecret: string;
            /**
             * Format: date-time
             * @description The end of the session, unless you log out before.
             * @example 2026-07-01T09:35:12.000Z
             */
            expiresAt: string;
            /**
             * @description The WebSocket address to connect to. null: no gateway is available at the moment.
             * @example ws://127.0.0.1:8083
             */
            gateway: string | null;
            /**
             * @description The id of a person.
             * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            person: string;
            /** @description Send it as bearer token with each request. */
            token: string;
          };
        };
      };
      /** @description The password is right. Send a second factor with `POST /v1/sessions/second-factor`. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "ticket": "q0Wn5TzK3mYb8RvH2sLx7JcD4fGp6AtU1eIo9ZkXwQM",
           *       "expiresAt": "2026-07-01T09:35:12.000Z",
           *       "kinds": [
           *         "totp"
           *       ],
           *       "webAuthn": null
           *     }
           */
          'application/json': {
            /**
             * Format: date-time
             * @description Send the second factor until then.
             * @example 2026-07-01T09:35:12.000Z
             */
            expiresAt: string;
            /** @description The kinds of second factor that you have. A recovery code is taken in place of any. */
            kinds: ('totp' | 'webauthn')[];
            /**
             * @description Send it with the second factor.
             * @example q0Wn5TzK3mYb8RvH2sLx7JcD4fGp6AtU1eIo9ZkXwQM
             */
            ticket: string;
            /** @description `PublicKeyCredentialRequestOptionsJSON` of WebAuthn, for `navigator.credentials.get()`. null: you have no key. */
            webAuthn: {
              [key: string]: unknown;
            } | null;
          };
        };
      };
    };
  };
  enterSecondFactor: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "ticket": "q0Wn5TzK3mYb8RvH2sLx7JcD4fGp6AtU1eIo9ZkXwQM",
         *       "code": "492039"
         *     }
         */
        'application/json': {
          /**
           * @description The code that the authenticator app shows. It is good for one use.
           * @example 492039
           */
          code?: string;
          /** @description What `navigator.credentials.get()` answered, as its `toJSON()` gives it. */
          credential?: {
            /** @example dGlkaW5ncw */
            id: string;
            /** @example dGlkaW5ncw */
            rawId: string;
            response: {
              /** @example dGlkaW5ncw */
              authenticatorData: string;
              /** @example dGlkaW5ncw */
              clientDataJSON: string;
              /** @example dGlkaW5ncw */
              signature: string;
            };
            /** @constant */
            type: 'public-key';
          };
          /**
           * @description From an earlier login on this device: it lets you in while others guess at your password.
           * @example kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe
           */
          deviceSecret?: string;
          /**
           * @description A recovery code. Letter case and dashes don’t matter.
           * @example K7MQ2X-9RTBWA-4HDZPF-C6NVJE
           */
          recoveryCode?: string;
          /**
           * @description The region of your client. Default: the region of the installation.
           * @example local
           */
          region?: string;
          /**
           * @description From the response 202 to your password.
           * @example q0Wn5TzK3mYb8RvH2sLx7JcD4fGp6AtU1eIo9ZkXwQM
           */
          ticket: string;
        };
      };
    };
    responses: {
      /** @description The session is open. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiI0MiJ9.c2lnbmF0dXJl",
           *       "person": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
           *       "expiresAt": "2026-07-01T09:35:12.000Z",
           *       "deviceSecret": "kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe",
           *       "gateway": "ws://127.0.0.1:8083"
           *     }
           */
          'application/json': {
            /**
             * @description Keep it on the device, and send it with the next login there.
             * @example kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe
             */
            deviceSecret: string;
            /**
             * Format: date-time
             * @description The end of the session, unless you log out before.
             * @example 2026-07-01T09:35:12.000Z
             */
            expiresAt: string;
            /**
             * @description The WebSocket address to connect to. null: no gateway is available at the moment.
             * @example ws://127.0.0.1:8083
             */
            gateway: string | null;
            /**
             * @description The id of a person.
             * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            person: string;
            /** @description Send it as bearer token with each request. */
            token: string;
          };
        };
      };
    };
  };
  publishTemplate: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "title": "Order {{ number }}",
         *       "body": "Your order {{ number }} is on its way."
         *     }
         */
        'application/json': {
          /** @description The text, in Liquid. */
          body: string;
          /** @description What only an email has. */
          email?: {
            /** @description The plain text, in place of the body, in Liquid. */
            body?: string;
            /** @description HTML, sent beside the plain text, in Liquid. Parameters are escaped here; styles of `<style>` are put into the elements. */
            html?: string;
            /** @description In place of the title, in Liquid. */
            subject?: string;
          };
          /**
           * @description The channels on which each recipient is told next, step by step, while no message is confirmed: at most 4. A message of a step is planned with all rules anew, and not sent if a confirmation comes before it. No channel may have its turn twice.
           * @example [
           *       {
           *         "afterMinutes": 10,
           *         "unless": "delivered",
           *         "channel": "sms"
           *       }
           *     ]
           */
          failover?: {
            /**
             * @description How long after a vendor took the messages before. It goes on at once where none of them can arrive.
             * @example 10
             */
            afterMinutes: number;
            /**
             * @description The channel that it goes on with.
             * @example sms
             * @enum {string}
             */
            channel: 'push' | 'sms' | 'email' | 'in-app';
            /**
             * @description `delivered`: it does not go on where the vendor or the device has said that a message arrived. `opened`: where the recipient has opened one.
             * @enum {string}
             */
            unless: 'delivered' | 'opened';
          }[];
          /** @description What only the notification centre has. */
          inApp?: {
            /** @description In place of the body, in Liquid. */
            body?: string;
            /** @description In place of the title, in Liquid. */
            title?: string;
          };
          /**
           * @description The language of `title`, `body` and the texts beside them, which everybody gets whose own language has none.
           * @example en
           */
          language?: string;
          /**
           * @description The same texts in other languages, by BCP 47 tag: at most 50. A recipient gets their own, `de-CH`, or the nearest that is less particular, `de`.
           * @example {
           *       "de": {
           *         "title": "Bestellung {{ number }}",
           *         "body": "Ihre Bestellung {{ number }} ist unterwegs."
           *       }
           *     }
           */
          locales?: {
            [key: string]: {
              /** @description The text, in Liquid. */
              body: string;
              /** @description What only an email has. */
              email?: {
                /** @description The plain text, in place of the body, in Liquid. */
                body?: string;
                /** @description HTML, sent beside the plain text, in Liquid. Parameters are escaped here; styles of `<style>` are put into the elements. */
                html?: string;
                /** @description In place of the title, in Liquid. */
                subject?: string;
              };
              /** @description What only the notification centre has. */
              inApp?: {
                /** @description In place of the body, in Liquid. */
                body?: string;
                /** @description In place of the title, in Liquid. */
                title?: string;
              };
              /** @description What only a push has. */
              push?: {
                /** @description In place of the body, in Liquid. */
                body?: string;
                /** @description In place of the title, in Liquid. */
                title?: string;
              };
              /** @description What only a text message has. */
              sms?: {
                /** @description The whole text message, in place of title, body and url, in Liquid. */
                body: string;
              };
              /** @description The title, in Liquid. It is put into one line; where it renders to nothing, there is no title. */
              title?: string;
              /** @description The http or https address that opens when the recipient taps the notification, in Liquid. */
              url?: string;
            };
          };
          /**
           * @description For your lists; nobody else sees it.
           * @example Order shipped
           */
          name?: string;
          /**
           * @description What the parameters must be, in JSON Schema: an object, with `type`, `properties`, `required`, `items`, `enum`, `minLength`, `maxLength`, `minimum`, `maximum`, `minItems`, `maxItems`, `additionalProperties`, `title`, `description`. A parameter that is not required may be left out. Without a schema each request must bring every parameter that the texts use.
           * @example {
           *       "required": [
           *         "number"
           *       ],
           *       "properties": {
           *         "number": {
           *           "type": "integer",
           *           "minimum": 1
           *         },
           *         "name": {
           *           "type": "string",
           *           "maxLength": 100
           *         }
           *       }
           *     }
           */
          parameters?: {
            [key: string]: components['schemas']['__schema0'];
          };
          /** @description What only a push has. */
          push?: {
            /** @description In place of the body, in Liquid. */
            body?: string;
            /** @description In place of the title, in Liquid. */
            title?: string;
          };
          /** @description What only a text message has. */
          sms?: {
            /** @description The whole text message, in place of title, body and url, in Liquid. */
            body: string;
          };
          /**
           * @description Publishes the next version of this template. Default: a new template.
           * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
           */
          template?: string;
          /** @description The title, in Liquid. It is put into one line; where it renders to nothing, there is no title. */
          title?: string;
          /** @description What is recorded of its emails. */
          tracking?: {
            /** @description Whether links of the email lead by way of Tidings, which records that they were followed. Default: false. */
            links?: boolean;
            /** @description Whether the HTML has a picture of one pixel, whose loading is recorded as opened. Default: false. */
            opens?: boolean;
          };
          /** @description The http or https address that opens when the recipient taps the notification, in Liquid. */
          url?: string;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a",
           *       "stream": "template-4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a template.
             * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a",
           *       "stream": "template-4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a template.
             * @example 4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  previewTemplate: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The id of a template. */
        template: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "parameters": {
         *         "number": 4711
         *       },
         *       "language": "de"
         *     }
         */
        'application/json': {
          /**
           * @description As if the recipient read it. Default: the template’s own.
           * @example de
           */
          language?: string;
          /**
           * @description The values of the parameters.
           * @example {
           *       "number": 4711
           *     }
           */
          parameters?: {
            [key: string]: components['schemas']['__schema1'];
          };
          /** @description Default: the newest version. */
          version?: number;
        };
      };
    };
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "version": 2,
           *       "locale": "de",
           *       "channels": {
           *         "push": {
           *           "title": "Bestellung 4711",
           *           "body": "Ihre Bestellung 4711 ist unterwegs."
           *         },
           *         "sms": {
           *           "body": "Bestellung 4711\nIhre Bestellung 4711 ist unterwegs."
           *         }
           *       }
           *     }
           */
          'application/json': components['schemas']['TemplatePreview'];
        };
      };
    };
  };
  testTemplate: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description The same as `Tidings-Position`, under the name that queries use. */
        'Min-Position'?: components['parameters']['MinPosition'];
        /** @description The last position that your client has received. The position of the response covers it too. */
        'Tidings-Position'?: components['parameters']['TidingsPosition'];
      };
      path: {
        /** @description The id of a template. */
        template: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "recipient": "3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10",
         *       "parameters": {
         *         "number": 4711
         *       },
         *       "channels": [
         *         "email"
         *       ]
         *     }
         */
        'application/json': {
          /**
           * @description Default: `test`.
           * @example orders
           */
          category?: string;
          /** @description The channels to send on. Default: all that the recipient allows. */
          channels?: ('push' | 'sms' | 'email' | 'in-app')[];
          /**
           * @description Default: the recipient’s.
           * @example de
           */
          language?: string;
          /**
           * @description The values of the parameters.
           * @example {
           *       "number": 4711
           *     }
           */
          parameters?: {
            [key: string]: components['schemas']['__schema1'];
          };
          /**
           * @description The id of a person.
           * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
           */
          recipient: string;
          /** @description Default: the newest version. */
          version?: number;
        };
      };
    };
    responses: {
      /** @description It was so already: nothing was appended. */
      200: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "stream": "notification-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a notification.
             * @example 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
      /** @description Appended to the log. */
      201: {
        headers: {
          'Idempotency-Key': components['headers']['IdempotencyKey'];
          'Idempotency-Replayed': components['headers']['IdempotencyReplayed'];
          'Tidings-Position': components['headers']['TidingsPosition'];
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "stream": "notification-7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
           *       "revision": 0,
           *       "position": "0.48213"
           *     }
           */
          'application/json': {
            /**
             * @description The id of a notification.
             * @example 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d
             */
            id: string;
            /**
             * @description Send it as `Min-Position` with a query that must see the effect of this command.
             * @example 0.48213
             */
            position?: string;
            /** @description The number of the command’s last event in the stream. -1: nothing was ever written there. */
            revision: number;
            /** @description The stream of the log that the command belongs to. */
            stream: string;
          };
        };
      };
    };
  };
  showUnsubscribe: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description As it stands in the link. */
        token: string;
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
          /** @example <!doctype html><title>Unsubscribe</title>… */
          'text/html': string;
        };
      };
    };
  };
  unsubscribe: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description As it stands in the link. */
        token: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        '*/*': string;
      };
    };
    responses: {
      /** @description The result. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /** @example <!doctype html><title>Unsubscribe</title>… */
          'text/html': string;
        };
      };
    };
  };
}
