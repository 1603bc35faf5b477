using System.Text;
using Vitrine.Models.Tokenizers.Decoders;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>The bytes that a token stands for, which depend on how a vocabulary spells its
/// tokens.</summary>
internal static class TokenSpelling
{
    /// <summary>As it stands.</summary>
    public static byte[] Plain(string token) => Encoding.UTF8.GetBytes(token);

    /// <summary>In which a character stands for a space, and <c>&lt;0xE2&gt;</c>, if asked, for a
    /// byte.</summary>
    public static Func<string, byte[]> Marked(char marker, bool hasBytes) => token =>
        hasBytes && ByteFallback.ByteOf(token) is { } value
            ? [value] : Encoding.UTF8.GetBytes(token.Replace(marker, ' '));
}
