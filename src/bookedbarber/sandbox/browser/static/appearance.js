/* The merchant's appearance options, as CSS variables of the frame. Values that are no plain CSS
   value, or that would load or read something, are left out. */

const VARIABLES = {
  borderRadius: ["--radius", "border-radius"],
  colorBackground: ["--background", "color"],
  colorDanger: ["--danger", "color"],
  colorPrimary: ["--primary", "color"],
  colorText: ["--text", "color"],
  colorTextPlaceholder: ["--placeholder", "color"],
  colorTextSecondary: ["--secondary", "color"],
  fontFamily: ["--font", "font-family"],
  fontSizeBase: ["--size", "font-size"],
  spacingUnit: ["--unit", "width"],
};

const plain = (value) => typeof value === "string" && !/(url|var|env|attr|image)\s*\(/i.test(value);

export function dress({ theme = "stripe", variables = {} } = {}) {
  const root = document.documentElement;
  root.dataset.theme = theme === "night" ? "night" : "stripe";
  for (const [name, [variable, property]] of Object.entries(VARIABLES)) {
    const value = variables[name];
    if (plain(value) && CSS.supports(property, value)) root.style.setProperty(variable, value);
    else root.style.removeProperty(variable);
  }
}
