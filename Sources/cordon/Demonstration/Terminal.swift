import Glibc

/// The terminal that standard output is.
enum Terminal {
  /// Its width in characters; 132 when it is no terminal.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 132 }
    return Int(size.ws_col)
  }
}
