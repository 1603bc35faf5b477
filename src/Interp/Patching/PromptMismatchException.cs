using System.Text;

namespace Vitrine.Interp.Patching;

/// <summary>A clean and a corrupt prompt differ in their number of tokens, so that positions do not
/// correspond; the message shows both, token by token.</summary>
public sealed class PromptMismatchException : ArgumentException
{
    private const int Before = 4;
    private const int MostRows = 40;

    /// <summary>Compares two prompts position by position.</summary>
    /// <param name="clean">The clean prompt's tokens.</param>
    /// <param name="corrupt">The corrupt prompt's tokens.</param>
    /// <param name="display">How to show a token.</param>
    public PromptMismatchException(
        IReadOnlyList<int> clean, IReadOnlyList<int> corrupt, Func<int, string> display)
        : base(SideBySide(clean, corrupt, display))
    {
        Clean = clean;
        Corrupt = corrupt;
        FirstDifference = Difference(clean, corrupt);
    }

    /// <summary>The clean prompt's tokens.</summary>
    public IReadOnlyList<int> Clean { get; }

    /// <summary>The corrupt prompt's tokens.</summary>
    public IReadOnlyList<int> Corrupt { get; }

    /// <summary>The first position at which they differ, or where the shorter one ends.</summary>
    public int FirstDifference { get; }

    /// <summary>The first position at which two prompts differ, or the length of the
    /// shorter.</summary>
    internal static int Difference(IReadOnlyList<int> clean, IReadOnlyList<int> corrupt)
    {
        int most = Math.Min(clean.Count, corrupt.Count);
        int first = 0;
        while (first < most && clean[first] == corrupt[first])
        {
            first++;
        }

        return first;
    }

    private static string SideBySide(
        IReadOnlyList<int> clean, IReadOnlyList<int> corrupt, Func<int, string> display)
    {
        int first = Difference(clean, corrupt);
        int rows = Math.Max(clean.Count, corrupt.Count);
        int start = rows <= MostRows ? 0 : Math.Max(0, first - Before);
        int end = Math.Min(rows, start + MostRows);
        string[] left = [.. Enumerable.Range(start, end - start).Select(i => Shown(clean, i))];
        string[] right = [.. Enumerable.Range(start, end - start).Select(i => Shown(corrupt, i))];
        int width = Math.Max("clean".Length, left.Max(text => text.Length));
        var message = new StringBuilder(
            "Prompts: clean and corrupt must have the same number of tokens, so that positions "
            + $"correspond; got {clean.Count} and {corrupt.Count}, different from position {first} "
            + "on; replace words with words of the same number of tokens.");
        message.Append($"\n    pos  {"clean".PadRight(width)}  corrupt");
        Skipped(start, "earlier");
        for (int i = start; i < end; i++)
        {
            message.Append(
                $"\n  {(i == first ? '>' : ' ')}{i,4}  {left[i - start].PadRight(width)}  "
                + $"{right[i - start]}");
        }

        Skipped(rows - end, "later");
        return message.ToString();

        string Shown(IReadOnlyList<int> tokens, int i) =>
            i < tokens.Count ? display(tokens[i]) : "(none)";

        void Skipped(int count, string which)
        {
            if (count > 0)
            {
                message.Append($"\n         … {count} {which}");
            }
        }
    }
}
