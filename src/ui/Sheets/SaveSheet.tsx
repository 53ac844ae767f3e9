export default function SaveSheet() {
  return null;
}
