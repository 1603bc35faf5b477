using System.Text.RegularExpressions;

namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>A model in several files, <c>x-00001-of-00003.gguf</c> and so on: the first has the
/// metadata, each has some of the tensors, and all say which of how many they are.</summary>
internal static partial class GgufSplit
{
    private const string Number = "split.no";
    private const string Count = "split.count";
    private const string TensorCount = "split.tensors.count";
    private const int Most = 99_999;

    /// <summary>The file and, where it is the first of several, the others.</summary>
    public static List<GgufPart> Open(string path)
    {
        List<GgufPart> parts = [GgufPart.Open(path)];
        try
        {
            GgufMetadata first = parts[0].Header.Metadata;
            long count = first.Whole(Count, 0, Most, absent: 1);
            if (count > 1 && first.Whole(Number, 0, count - 1) == 0)
            {
                OpenOthers(path, (int)count, parts);
            }

            return parts;
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }
    }

    private static void OpenOthers(string path, int count, List<GgufPart> parts)
    {
        Match name = Ending().Match(path);
        if (!name.Success || name.Value != Ending(1, count))
        {
            throw GgufHeader.Wrong(
                path,
                $"the first of {count} files must be named …{Ending(1, count)}; rename it, so that "
                + "the others are found.");
        }

        for (int i = 1; i < count; i++)
        {
            string other = string.Concat(
                path.AsSpan(0, name.Index), Ending(i + 1, count));
            if (!File.Exists(other))
            {
                throw GgufHeader.Wrong(
                    path,
                    $"the model lies in {count} files; {PrintableText.Escape(other)} is missing.");
            }

            GgufPart part = GgufPart.Open(other);
            parts.Add(part);
            Require(part, Number, i);
            Require(part, Count, count);
        }

        if (parts[0].Header.Metadata.Contains(TensorCount))
        {
            Require(parts[0], TensorCount, parts.Sum(part => part.Header.Tensors.Count));
        }
    }

    private static void Require(GgufPart part, string key, long expected)
    {
        long actual = part.Header.Metadata.Whole(key);
        if (actual != expected)
        {
            throw GgufHeader.Wrong(
                part.Path,
                $"key \"{key}\" must be {expected} in this part of the model; got {actual}; the "
                + "files are not of one model.");
        }
    }

    private static string Ending(int number, int count) => $"-{number:D5}-of-{count:D5}.gguf";

    [GeneratedRegex("-[0-9]{5}-of-[0-9]{5}\\.gguf\\z")]
    private static partial Regex Ending();
}
