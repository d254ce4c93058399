/* The hidden frame: everything of Stripe.js that needs the API but no card. */

import { confirm, finishChallenge, retrieve } from "./api.js";
import { serve } from "./parent.js";

serve({
  confirm,
  retrieve,
  async cancelChallenge({ intent }) {
    await finishChallenge(intent, "fail").catch(() => {}); // the intent's state will tell
    return {};
  },
});
