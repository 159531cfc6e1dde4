/** The page's places. They stand in the fragment: the agent serves one file. */
import { createRouter, createWebHashHistory, type Router } from "vue-router";

import BeginPage from "@/pages/BeginPage.vue";
import FunctionPage from "@/pages/FunctionPage.vue";
import FlowPage from "@/pages/FlowPage.vue";
import HomePage from "@/pages/HomePage.vue";
import KitPage from "@/pages/KitPage.vue";
import VisitPage from "@/pages/VisitPage.vue";
import { useCustomer } from "@/stores/customer";

/** Make the router; an unknown place is the home page, and in customer mode every place is the customer's flow. */
export function makeRouter(): Router {
  const router = createRouter({
    history: createWebHashHistory(),
    scrollBehavior: (to) => (to.hash ? { el: to.hash } : { top: 0 }),
    routes: [
      { path: "/", component: HomePage },
      { path: "/begin", component: BeginPage },
      { path: "/function/:id", component: FunctionPage, props: true },
      { path: "/flow/:id", component: FlowPage, props: true },
      { path: "/kit", component: KitPage },
      { path: "/visit", component: VisitPage },
      { path: "/:other(.*)*", redirect: "/" },
    ],
  });
  router.beforeEach((to) => {
    const { flow } = useCustomer();
    return !flow || to.path === `/flow/${flow}` || `/flow/${flow}`;
  });
  return router;
}
