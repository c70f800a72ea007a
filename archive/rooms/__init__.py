"""One module a room: public, kiosk, uploads, narrator, researcher, caretaker, media."""
