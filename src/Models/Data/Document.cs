namespace Vitrine.Models.Data;

/// <summary>A document of a corpus: a run of tokens in the training or the held-out
/// stream.</summary>
/// <param name="Name">What it is called: a file's path, or a number from 1.</param>
/// <param name="Start">Where it begins in its stream, with <c>&lt;|endoftext|&gt;</c>.</param>
/// <param name="Length">Its tokens, <c>&lt;|endoftext|&gt;</c> among them. The part of a document
/// that the split cut off has none in front.</param>
/// <param name="IsHeldOut">Whether it lies in the held-out stream.</param>
public sealed record Document(string Name, int Start, int Length, bool IsHeldOut)
{
    /// <summary>The number of predicted tokens: those with one before them in the
    /// document.</summary>
    public int Pairs => Math.Max(0, Length - 1);
}
