/** How the page is built: plain files that the agent's Content-Security-Policy lets load, nothing inline. */
import vue from "@vitejs/plugin-vue";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: { outDir: "../padkit_agent/page", emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "chrome109" },
});
