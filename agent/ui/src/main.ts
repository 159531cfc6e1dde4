/** Starts the page. The launch code is taken out of the address bar before anything else sees it. */
import { createPinia } from "pinia";
import { createApp } from "vue";

import "vant/es/style/base.css";
import "vant/es/button/index.css";
import "vant/es/cell/index.css";
import "vant/es/field/index.css";
import "@/styles/page.css";

import { onRefusal } from "@/api/client";
import App from "@/App.vue";
import { dress, i18n } from "@/i18n";
import { takeLaunch } from "@/launch";
import { useSession } from "@/stores/session";

const launch = takeLaunch();
window.addEventListener("popstate", () => {
  const later = takeLaunch();
  if (later) void useSession().enter(later);
});

const { makeRouter } = await import("@/router");
const app = createApp(App).use(createPinia()).use(i18n).use(makeRouter());
const session = useSession();
onRefusal(session.heard);
dress(i18n.global.locale.value);
await session.enter(launch);
app.mount("#app");
