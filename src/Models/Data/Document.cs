namespace Vitrine.Models.Data;

/// <summary>A document of a corpus: a run of tokens in the training or the held-out
/// stream.</summary>
/// <param name="Name">Its name: a file's path, or a number from 1.</param>
/// <param name="Start">Where it begins in its stream, with <c>&lt;|endoftext|&gt;</c>.</param>
/// <param name="Length">Its tokens, including <c>&lt;|endoftext|&gt;</c>. The part of a document
/// cut off by the split has none before it.</param>
/// <param name="IsHeldOut">Whether it is in the held-out stream.</param>
public sealed record Document(string Name, int Start, int Length, bool IsHeldOut)
{
    /// <summary>The number of predicted tokens: those with a predecessor in the document.</summary>
    public int Pairs => Math.Max(0, Length - 1);
}
