/** The page's places. They stand in the fragment: the agent serves one file. */
import { createRouter, createWebHashHistory, type Router } from "vue-router";

import BeginPage from "@/pages/BeginPage.vue";
import FlowPage from "@/pages/FlowPage.vue";
import HomePage from "@/pages/HomePage.vue";
import KitPage from "@/pages/KitPage.vue";

/** Make the router; an unknown place is the home page. */
export function makeRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: "/", component: HomePage },
      { path: "/begin", component: BeginPage },
      { path: "/flow/:id", component: FlowPage, props: true },
      { path: "/kit", component: KitPage },
      { path: "/:other(.*)*", redirect: "/" },
    ],
  });
}
